import type { ModelSpec, OnnxType, TensorSpec } from './onnx-writer';

// Models of a few bytes that do next to nothing, for what is around a model.

export interface EchoInput {
  readonly dtype?: OnnxType;
  /** A batch of single values when left out. */
  readonly shape?: readonly string[];
}

/** Hands each input on as an output `NAME_out`, or as the only output. */
export function echoModel(inputs: Readonly<Record<string, EchoInput>>, only = 'y'): ModelSpec {
  const named = Object.entries(inputs).map(([name, { dtype = 'float32', shape = ['batch'] }]) => ({
    input: { name, dtype, shape },
    output: { name: Object.keys(inputs).length === 1 ? only : `${name}_out`, dtype, shape },
  }));
  return {
    inputs: named.map(({ input }) => input),
    outputs: named.map(({ output }) => output),
    nodes: named.map(({ input, output }) => ({
      op: 'Identity',
      inputs: [input.name],
      outputs: [output.name],
    })),
  };
}

/** `y = x + number`, for a batch of numbers. */
export const addingModel = (number: number): ModelSpec => ({
  inputs: [{ name: 'x', shape: ['batch'] }],
  outputs: [{ name: 'y', shape: ['batch'] }],
  nodes: [{ op: 'Add', inputs: ['x', 'number'], outputs: ['y'] }],
  initializers: [{ name: 'number', dims: [1], values: [number] }],
});

/** Answers the same tensors to whatever is asked. */
export const constantModel = (outputs: readonly TensorSpec[]): ModelSpec => ({
  inputs: [{ name: 'x', shape: ['batch'] }],
  outputs: outputs.map(({ name, dims }) => ({ name, shape: dims })),
  nodes: outputs.map(({ name }) => ({ op: 'Identity', inputs: [`${name}_value`], outputs: [name] })),
  initializers: outputs.map((it) => ({ ...it, name: `${it.name}_value` })),
});
