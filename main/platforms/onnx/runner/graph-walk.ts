import type { Graph, GraphNode, ValueInfo } from './onnx-file';

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
    const initializer = this.#graph.initializers.get(value);
    if (initializer) return initializer.dims;
    const producer = this.#producers.get(value);
    if (!producer) return undefined;
    if (producer.opType === 'Constant') return producer.attributes.get('value')?.tensor?.dims;
    const stored = producer.inputs[0];
    return keepsShape.has(producer.opType) && stored ? this.dimsOf(stored) : undefined;
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
    const initializer = this.#graph.initializers.get(value);
    if (initializer) return initializer.values ?? undefined;
    const producer = this.#producers.get(value);
    if (!producer) return undefined;
    if (producer.opType === 'Constant') {
      const { attributes } = producer;
      return (
        attributes.get('value')?.tensor?.values ??
        attributes.get('value_float')?.floats ??
        attributes.get('value_floats')?.floats ??
        attributes.get('value_int')?.ints ??
        attributes.get('value_ints')?.ints
      );
    }
    return keepsNumbers.has(producer.opType) ? this.constantOf(producer.inputs[0]) : undefined;
  }
}

const keepsShape: ReadonlySet<string> = new Set(['Cast', 'Identity', 'DequantizeLinear', 'QuantizeLinear']);
const keepsNumbers: ReadonlySet<string> = new Set(['Cast', 'Identity', 'Reshape', 'Unsqueeze', 'Squeeze']);
