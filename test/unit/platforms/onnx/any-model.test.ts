import { describe, expect, test } from 'vitest';
import { LoadedModel } from '../../../../main/platforms/onnx/runner/loaded-model';
import type { Tensor } from '../../../../main/runner/tensor';
import { callContext } from '../../../support/call-context';
import {
  elementBytes,
  type ModelSpec,
  type NodeSpec,
  type OnnxType,
  onnxModel,
} from '../../../support/onnx-writer';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();

type Tensors = Readonly<Record<string, Tensor>>;

async function run(spec: ModelSpec, inputs: Tensors, outputs: readonly string[] = []): Promise<Tensors> {
  folder.write('model.onnx', onnxModel(spec));
  const model = await LoadedModel.load({ folder: folder.path, options: {} }, callContext().enter);
  try {
    return await model.predict(inputs, outputs);
  } finally {
    await model.close();
  }
}

const float = (shape: readonly number[], ...values: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});
const long = (shape: readonly number[], ...values: number[]): Tensor => ({
  dtype: 'int64',
  shape,
  data: BigInt64Array.from(values.map(BigInt)),
});
const bool = (shape: readonly number[], ...values: number[]): Tensor => ({
  dtype: 'bool',
  shape,
  data: Uint8Array.from(values),
});
const text = (shape: readonly number[], ...values: string[]): Tensor => ({
  dtype: 'string',
  shape,
  data: values,
});

const one = (op: string, dtype: OnnxType, extra: Partial<NodeSpec> = {}, opset = 13): ModelSpec => ({
  inputs: [{ name: 'x', dtype, shape: ['n'] }],
  outputs: [{ name: 'y', dtype, shape: ['n'] }],
  nodes: [{ op, inputs: ['x'], outputs: ['y'], ...extra }],
  opsets: { '': opset },
});

describe('every element type goes in and comes out', () => {
  test.each<[OnnxType, Tensor['data']]>([
    ['float32', Float32Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, -0)],
    ['float64', Float64Array.of(1.5, 1e300, -0, 2 ** -1074)],
    ['float16', Uint16Array.of(0x3c00, 0x7c00, 0x8000, 0x0001)],
    ['int8', Int8Array.of(-128, 127, 0, 1)],
    ['uint8', Uint8Array.of(255, 0, 1, 2)],
    ['int16', Int16Array.of(-32_768, 32_767, 0, 1)],
    ['uint16', Uint16Array.of(65_535, 0, 1, 2)],
    ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1)],
    ['uint32', Uint32Array.of(2 ** 32 - 1, 0, 1, 2)],
    ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 2n ** 53n + 1n)],
    ['uint64', BigUint64Array.of(2n ** 64n - 1n, 0n, 1n, 2n ** 53n + 1n)],
    ['bool', Uint8Array.of(1, 0, 1, 1)],
    ['string', ['tench', '', 'Gefleckter Röhrenaal', '鯉 🐟']],
  ])('%s', async (dtype, data) => {
    const x: Tensor = { dtype, shape: [4], data };
    expect(await run(one('Identity', dtype), { x })).toEqual({ y: x });
  });
});

describe('shapes', () => {
  const square: ModelSpec = {
    inputs: [{ name: 'x', shape: ['rows', 'columns'] }],
    outputs: [{ name: 'y', shape: ['rows', 'columns'] }],
    nodes: [{ op: 'Mul', inputs: ['x', 'x'], outputs: ['y'] }],
  };
  const scalar: ModelSpec = {
    inputs: [{ name: 'x', shape: [] }],
    outputs: [{ name: 'y', shape: [] }],
    nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
  };
  test.each<[string, ModelSpec, Tensor, Tensor]>([
    ['a free one', square, float([1, 2], 3, 4), float([1, 2], 9, 16)],
    ['the same free one at another size', square, float([2, 1], 3, 4), float([2, 1], 9, 16)],
    ['without elements', square, float([0, 3]), float([0, 3])],
    ['without elements in the second dimension', square, float([3, 0]), float([3, 0])],
    ['a scalar', scalar, float([], 5), float([], -5)],
    [
      'nameless dimensions',
      { ...square, inputs: [{ name: 'x', shape: ['', ''] }] },
      float([1, 1], 2),
      float([1, 1], 4),
    ],
    [
      'no shape told at all',
      { ...square, outputs: [{ name: 'y', shape: null }] },
      float([1, 1], 2),
      float([1, 1], 4),
    ],
    [
      'an input of no told shape',
      {
        ...square,
        inputs: [{ name: 'x', shape: null }],
        outputs: [{ name: 'y', shape: null }],
      },
      float([3], 2, 3, 4),
      float([3], 4, 9, 16),
    ],
    [
      'six dimensions',
      {
        ...square,
        inputs: [{ name: 'x', shape: [1, 1, 1, 1, 1, 'n'] }],
        outputs: [{ name: 'y', shape: null }],
      },
      float([1, 1, 1, 1, 1, 2], 1, 3),
      float([1, 1, 1, 1, 1, 2], 1, 9),
    ],
  ])('%s', async (_what, spec, x, y) => {
    expect(await run(spec, { x })).toEqual({ y });
  });
});

describe('several inputs and outputs', () => {
  const parts: ModelSpec = {
    inputs: [
      { name: 'b', shape: [2] },
      { name: 'a', shape: [2] },
    ],
    outputs: [
      { name: '33', shape: [2] },
      { name: 'difference', shape: [2] },
      { name: '19', dtype: 'bool', shape: [2] },
    ],
    nodes: [
      { op: 'Add', inputs: ['a', 'b'], outputs: ['33'] },
      { op: 'Sub', inputs: ['a', 'b'], outputs: ['difference'] },
      { op: 'Greater', inputs: ['a', 'b'], outputs: ['19'] },
    ],
  };
  const inputs = { a: float([2], 5, 1), b: float([2], 2, 4) };

  test('all outputs when none is named, numbers for names or not', async () => {
    expect(await run(parts, inputs)).toEqual({
      '33': float([2], 7, 5),
      difference: float([2], 3, -3),
      '19': bool([2], 1, 0),
    });
  });

  test('only the outputs that are named', async () => {
    expect(await run(parts, inputs, ['difference'])).toEqual({ difference: float([2], 3, -3) });
  });

  test('no input at all', async () => {
    const spec: ModelSpec = {
      inputs: [],
      outputs: [{ name: 'y', shape: [2] }],
      nodes: [
        {
          op: 'Constant',
          inputs: [],
          outputs: ['y'],
          attributes: { value: { tensor: { name: 'v', dims: [2], values: [4, 2] } } },
        },
      ],
    };
    expect(await run(spec, {})).toEqual({ y: float([2], 4, 2) });
  });

  test('a weight that an old file lists as an input need not be given', async () => {
    const spec: ModelSpec = {
      irVersion: 3,
      inputs: [
        { name: 'x', shape: [2] },
        { name: 'w', shape: [2] },
      ],
      outputs: [{ name: 'y', shape: [2] }],
      nodes: [{ op: 'Mul', inputs: ['x', 'w'], outputs: ['y'] }],
      initializers: [{ name: 'w', dims: [2], values: [10, 100] }],
      opsets: { '': 7 },
    };
    expect(await run(spec, { x: float([2], 1, 2) })).toEqual({ y: float([2], 10, 200) });
  });

  test('an output that is a sequence is left out, the tensors come', async () => {
    const spec: ModelSpec = {
      inputs: [{ name: 'x', shape: [4] }],
      outputs: [{ name: 'y', shape: [4] }],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    };
    const zipMap: ModelSpec = {
      ...spec,
      nodes: [
        ...spec.nodes,
        {
          op: 'ZipMap',
          domain: 'ai.onnx.ml',
          inputs: ['y'],
          outputs: ['z'],
          attributes: { classlabels_int64s: [0, 1, 2, 3] },
        },
      ],
      opsets: { '': 13, 'ai.onnx.ml': 1 },
    };
    expect(await run(zipMap, { x: float([4], -1, 2, -3, 4) })).toEqual({ y: float([4], 0, 2, 0, 4) });
  });
});

describe('operators', () => {
  const x = float([3], -2, 0, 3);
  test.each<[string, ModelSpec, Tensors, Tensors]>([
    ['Abs', one('Abs', 'float32'), { x }, { y: float([3], 2, 0, 3) }],
    ['Relu of an old opset', one('Relu', 'float32', {}, 6), { x }, { y: float([3], 0, 0, 3) }],
    ['Relu of the newest opset', one('Relu', 'float32', {}, 26), { x }, { y: float([3], 0, 0, 3) }],
    [
      'Neg of whole numbers',
      one('Neg', 'int32'),
      { x: { dtype: 'int32', shape: [2], data: Int32Array.of(1, -2) } },
      { y: { dtype: 'int32', shape: [2], data: Int32Array.of(-1, 2) } },
    ],
    ['Not', one('Not', 'bool'), { x: bool([2], 1, 0) }, { y: bool([2], 0, 1) }],
    [
      'Cast to int64',
      {
        ...one('Cast', 'float32', { attributes: { to: 7 } }),
        outputs: [{ name: 'y', dtype: 'int64', shape: ['n'] }],
      },
      { x },
      { y: long([3], -2, 0, 3) },
    ],
    [
      'Shape',
      { ...one('Shape', 'float32'), outputs: [{ name: 'y', dtype: 'int64', shape: [1] }] },
      { x },
      { y: long([1], 3) },
    ],
    [
      'ArgMax to a scalar’s dimension',
      {
        ...one('ArgMax', 'float32', { attributes: { axis: 0, keepdims: 0 } }),
        outputs: [{ name: 'y', dtype: 'int64', shape: [] }],
      },
      { x },
      { y: long([], 2) },
    ],
    [
      'MatMul',
      {
        inputs: [{ name: 'x', shape: ['n', 2] }],
        outputs: [{ name: 'y', shape: ['n', 1] }],
        nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
        initializers: [{ name: 'w', dims: [2, 1], values: [10, 1] }],
      },
      { x: float([2, 2], 1, 2, 3, 4) },
      { y: float([2, 1], 12, 34) },
    ],
    [
      'NonZero, which knows its size only when run',
      { ...one('NonZero', 'float32'), outputs: [{ name: 'y', dtype: 'int64', shape: [1, 'found'] }] },
      { x },
      { y: long([1, 2], 0, 2) },
    ],
    [
      'StringConcat',
      one('StringConcat', 'string', { inputs: ['x', 'x'] }, 20),
      { x: text([2], 'a', 'ß') },
      { y: text([2], 'aa', 'ßß') },
    ],
  ])('%s', async (_what, spec, inputs, outputs) => {
    expect(await run(spec, inputs)).toEqual(outputs);
  });

  test('a branch that is chosen when run', async () => {
    const branch = (op: string) => ({
      graph: {
        inputs: [],
        outputs: [{ name: `${op}_y`, shape: [2] }],
        nodes: [{ op, inputs: ['x'], outputs: [`${op}_y`] }],
      },
    });
    const spec: ModelSpec = {
      inputs: [
        { name: 'x', shape: [2] },
        { name: 'isNegated', dtype: 'bool', shape: [] },
      ],
      outputs: [{ name: 'y', shape: [2] }],
      nodes: [
        {
          op: 'If',
          inputs: ['isNegated'],
          outputs: ['y'],
          attributes: { then_branch: branch('Neg'), else_branch: branch('Identity') },
        },
      ],
    };
    const given = float([2], 1, 2);
    expect(await run(spec, { x: given, isNegated: bool([], 1) })).toEqual({ y: float([2], -1, -2) });
    expect(await run(spec, { x: given, isNegated: bool([], 0) })).toEqual({ y: given });
  });

  test('one that the file defines itself', async () => {
    const spec: ModelSpec = {
      ...one('Same', 'float32', { domain: 'my.company' }),
      opsets: { '': 13, 'my.company': 1 },
      functions: [{ domain: 'my.company', name: 'Same' }],
    };
    expect(await run(spec, { x: float([1], 7) })).toEqual({ y: float([1], 7) });
  });
});

test('weights in a file beside the model', async () => {
  folder.write('weights/w.bin', Buffer.concat([Buffer.alloc(8), elementBytes('float32', [10, 20])]));
  const spec: ModelSpec = {
    inputs: [{ name: 'x', shape: [2] }],
    outputs: [{ name: 'y', shape: [2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dims: [2], external: { location: 'weights/w.bin', offset: 8, length: 8 } }],
  };
  expect(await run(spec, { x: float([2], 1, 2) })).toEqual({ y: float([2], 11, 22) });
});

test('producer, opsets and signature are told', async () => {
  folder.write(
    'model.onnx',
    onnxModel({
      ...one('Identity', 'int64'),
      producer: 'mine',
      irVersion: 7,
      opsets: { '': 12, 'ai.onnx.ml': 2 },
      metadata: { note: 'x' },
    }),
  );
  const model = await LoadedModel.load({ folder: folder.path, options: {} }, callContext().enter);
  expect(model.description).toMatchObject({
    producer: 'mine',
    irVersion: 7,
    opsets: [
      { domain: '', version: 12 },
      { domain: 'ai.onnx.ml', version: 2 },
    ],
    metadata: { note: 'x' },
    inputs: [{ name: 'x', dtype: 'int64', shape: ['n'] }],
    outputs: [{ name: 'y', dtype: 'int64', shape: ['n'] }],
    notClassifier: { reason: 'notInputShape' },
  });
  await model.close();
});
