import type { Graph, GraphNode, ValueInfo } from './onnx-file';
import type { TensorSummary } from './onnx-tensor';

/** The graph's inputs that a caller must give: files of IR 3 list every weight as an input as well. */
export const callerInputs = (graph: Graph): readonly ValueInfo[] =>
  graph.inputs.filter(({ name }) => !graph.initializers.has(name));

/** Who makes and who takes each value. */
export class GraphIndex {
  readonly #graph: Graph;
  readonly #producers = new Map<string, GraphNode>();
  readonly #consumers = new Map<string, GraphNode[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.#producers.set(output, node);
      for (const input of node.inputs) {
        const consumers = this.#consumers.get(input);
        if (consumers) consumers.push(node);
        else this.#consumers.set(input, [node]);
      }
    }
  }

  producerOf(value: string): GraphNode | undefined {
    return this.#producers.get(value);
  }

  consumersOf(value: string): readonly GraphNode[] {
    return this.#consumers.get(value) ?? [];
  }

  /** The dimensions of a weight, also one that is stored quantized or cast; undefined for a computed value. */
  dimsOf(value: string): readonly number[] | undefined {
    const { initializer, producer } = this.#originOf(value, keepsShape);
    if (initializer) return initializer.dims;
    return producer?.opType === 'Constant' ? producer.attributes.get('value')?.tensor?.dims : undefined;
  }

  /** The element type of a constant; undefined for a computed value. */
  typeOf(value: string | undefined): string | undefined {
    if (value === undefined) return undefined;
    return (
      this.#graph.initializers.get(value)?.dtype ??
      this.#producers.get(value)?.attributes.get('value')?.tensor?.dtype
    );
  }

  /** The numbers of a small constant: an initializer, a `Constant` node, or one of them cast or reshaped. */
  constantOf(value: string | undefined): readonly number[] | undefined {
    if (value === undefined) return undefined;
    const { initializer, producer } = this.#originOf(value, keepsNumbers);
    if (initializer) return initializer.values ?? undefined;
    if (producer?.opType !== 'Constant') return undefined;
    const { attributes } = producer;
    return (
      attributes.get('value')?.tensor?.values ??
      attributes.get('value_float')?.floats ??
      attributes.get('value_floats')?.floats ??
      attributes.get('value_int')?.ints ??
      attributes.get('value_ints')?.ints
    );
  }

  /** What a value comes from, back over operators that pass it on. A file may hold circles, so it is not gone back for ever. */
  #originOf(
    value: string,
    passing: ReadonlySet<string>,
  ): { readonly initializer?: TensorSummary | undefined; readonly producer?: GraphNode | undefined } {
    let at = value;
    for (let steps = 0; steps < mostSteps; steps++) {
      const initializer = this.#graph.initializers.get(at);
      if (initializer) return { initializer };
      const producer = this.#producers.get(at);
      const before = producer?.inputs[0];
      if (!producer || !passing.has(producer.opType) || before === undefined) return { producer };
      at = before;
    }
    return {};
  }
}

const mostSteps = 64;

const keepsShape: ReadonlySet<string> = new Set(['Cast', 'Identity', 'DequantizeLinear', 'QuantizeLinear']);
const keepsNumbers: ReadonlySet<string> = new Set(['Cast', 'Identity', 'Reshape', 'Unsqueeze', 'Squeeze']);
