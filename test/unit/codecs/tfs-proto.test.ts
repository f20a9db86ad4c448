import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, InferMethod } from '../../../main/runner/codecs/codec';
import { openTfsProto } from '../../../main/runner/codecs/tfs-proto';
import type { Tensor } from '../../../main/runner/tensor';
import { faceOf, messageOf, oneInput, statusOf } from '../../support/codec-faces';
import { decode, encode } from '../../support/proto-client';

const face = faceOf([{ name: 'x', dtype: 'float32', shape: ['', 2] }]);
const spec = { name: 'm', signature_name: 'serving_default' };
const open = (type: string, method: InferMethod, value: Record<string, unknown>) =>
  openTfsProto(encode(`tensorflow.serving.${type}`, value), face, { method });
const shape = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size })) });

function predictCall(tensor: Record<string, unknown>): Tensor {
  const { call } = open('PredictRequest', 'predict', { model_spec: spec, inputs: { x: tensor } });
  if (call.kind !== 'predict') throw new Error('not a predict call');
  const { x } = call.inputs;
  if (!x) throw new Error('no input');
  return x;
}

describe('PredictRequest', () => {
  test('tensor_content is little-endian and row-major, and is not copied where it is aligned', () => {
    const content = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    expect(predictCall({ dtype: 1, tensor_shape: shape(2, 2), tensor_content: content })).toEqual({
      dtype: 'float32',
      shape: [2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
  });

  test.each<[string, Record<string, unknown>, Tensor['data']]>([
    ['float32', { dtype: 1, float_val: [1.5, -2] }, Float32Array.of(1.5, -2)],
    ['float64', { dtype: 2, double_val: [0.1, -2] }, Float64Array.of(0.1, -2)],
    ['int32', { dtype: 3, int_val: [-2147483648, 2147483647] }, Int32Array.of(-2147483648, 2147483647)],
    ['uint8', { dtype: 4, int_val: [0, 255] }, Uint8Array.of(0, 255)],
    ['int16', { dtype: 5, int_val: [-5, 300] }, Int16Array.of(-5, 300)],
    ['int8', { dtype: 6, int_val: [-128, 127] }, Int8Array.of(-128, 127)],
    ['string', { dtype: 7, string_val: [Buffer.from('a'), Buffer.from('é')] }, ['a', 'é']],
    [
      'int64',
      { dtype: 9, int64_val: ['-9223372036854775808', '9007199254740993'] },
      BigInt64Array.of(-9223372036854775808n, 9007199254740993n),
    ],
    ['bool', { dtype: 10, bool_val: [true, false] }, Uint8Array.of(1, 0)],
    ['uint16', { dtype: 17, int_val: [0, 65535] }, Uint16Array.of(0, 65535)],
    ['float16', { dtype: 19, half_val: [0x3e00, 0xc000] }, Uint16Array.of(0x3e00, 0xc000)],
    ['bfloat16', { dtype: 14, half_val: [0x3f80, 0] }, Uint16Array.of(0x3f80, 0)],
    ['uint32', { dtype: 22, uint32_val: [0, 4294967295] }, Uint32Array.of(0, 4294967295)],
    [
      'uint64',
      { dtype: 23, uint64_val: ['18446744073709551615', '0'] },
      BigUint64Array.of(18446744073709551615n, 0n),
    ],
  ])('%s is read from its typed field, and written to it', (dtype, fields, data) => {
    const tensor = predictCall({ tensor_shape: shape(2), ...fields });
    expect(tensor).toEqual({ dtype, shape: [2], data });
    const answer: Answer = { kind: 'predict', outputs: { y: tensor }, labels: [] };
    const exchange = open('PredictRequest', 'predict', { inputs: {} });
    const { outputs, model_spec } = decode(
      'tensorflow.serving.PredictResponse',
      exchange.render(answer).bytes,
    );
    const sent = decode(
      'tensorflow.TensorProto',
      encode('tensorflow.TensorProto', { tensor_shape: shape(2), ...fields }),
    );
    expect(outputs).toEqual({ y: sent });
    expect(model_spec).toEqual({ name: 'm', version: { value: '7' }, signature_name: 'serving_default' });
  });

  test('the last element fills what the list lacks, and too many or none are refused', () => {
    expect(predictCall({ dtype: 1, tensor_shape: shape(2, 2), float_val: [1, 5] }).data).toEqual(
      Float32Array.of(1, 5, 5, 5),
    );
    expect(predictCall({ dtype: 7, tensor_shape: shape(2), string_val: [Buffer.from('a')] }).data).toEqual([
      'a',
      'a',
    ]);
    expect(predictCall({ dtype: 1, tensor_shape: shape(0, 3) }).data).toEqual(new Float32Array(0));
    const status = (tensor: Record<string, unknown>) => statusOf(() => predictCall(tensor));
    expect(status({ dtype: 1, tensor_shape: shape(1), float_val: [1, 2] })).toBe('INVALID_ARGUMENT');
    expect(status({ dtype: 1, tensor_shape: shape(1) })).toBe('INVALID_ARGUMENT');
    expect(status({ dtype: 1, tensor_shape: shape(2), tensor_content: new Uint8Array(4) })).toBe(
      'INVALID_ARGUMENT',
    );
    expect(status({ dtype: 1, tensor_shape: shape(-1), float_val: [1] })).toBe('INVALID_ARGUMENT');
    expect(status({ dtype: 1, tensor_shape: { unknown_rank: true }, float_val: [1] })).toBe(
      'INVALID_ARGUMENT',
    );
    expect(status({ dtype: 1, tensor_shape: shape(2_000_000_000, 1000), float_val: [1] })).toBe(
      'INVALID_ARGUMENT',
    );
    expect(status({ dtype: 4, tensor_shape: shape(1), int_val: [256] })).toBe('INVALID_ARGUMENT');
    expect(status({ dtype: 8, tensor_shape: shape(1) })).toBe('UNIMPLEMENTED');
  });

  test('elements that are sent one by one are read as packed ones are', () => {
    const unpacked = Buffer.from([
      0x08, 1, 0x12, 4, 0x12, 2, 0x08, 2, 0x2d, 0, 0, 0x80, 0x3f, 0x2d, 0, 0, 0, 0x40,
    ]);
    const entry = Buffer.concat([Buffer.from([0x0a, 1, 0x78, 0x12, unpacked.length]), unpacked]);
    const body = Buffer.concat([Buffer.from([0x12, entry.length]), entry]);
    const { call } = openTfsProto(body, face, { method: 'predict' });
    expect(call.kind === 'predict' && call.inputs['x']?.data).toEqual(Float32Array.of(1, 2));
  });

  test('the output filter is passed on, and a signature that is not there is FAILED_PRECONDITION', () => {
    const { call } = open('PredictRequest', 'predict', {
      model_spec: spec,
      inputs: {},
      output_filter: ['y', 'z'],
    });
    expect(call).toMatchObject({ kind: 'predict', outputs: ['y', 'z'] });
    const other = { model_spec: { name: 'm', signature_name: 'other' }, inputs: {} };
    expect(statusOf(() => open('PredictRequest', 'predict', other))).toBe('FAILED_PRECONDITION');
  });
});

const examples = [
  {
    features: {
      feature: { a: { float_list: { value: [1, 2.5] } }, b: { int64_list: { value: ['9007199254740993'] } } },
    },
  },
  { features: { feature: { b: { bytes_list: { value: [Buffer.from('hi')] } } } } },
];

describe('ClassificationRequest, RegressionRequest, MultiInferenceRequest', () => {
  test('examples are read with the context merged into each, which wins', () => {
    const context = {
      features: { feature: { b: { int64_list: { value: [1] } }, c: { float_list: { value: [3] } } } },
    };
    const { call } = open('ClassificationRequest', 'classify', {
      model_spec: spec,
      input: { example_list_with_context: { examples, context } },
    });
    if (call.kind !== 'classify') throw new Error('not a classify call');
    const [first, second] = call.examples;
    expect(first?.get('a')).toEqual({ kind: 'float', values: Float32Array.of(1, 2.5) });
    expect(first?.get('b')).toEqual({ kind: 'int64', values: [9007199254740993n] });
    expect(first?.get('c')).toEqual({ kind: 'float', values: Float32Array.of(3) });
    expect(second?.get('b')).toEqual({ kind: 'bytes', values: [Buffer.from('hi')] });
  });

  test('classifications and regressions are answered with the version that answered', () => {
    const classes = [
      [
        { label: 'cat', score: 0.75 },
        { label: 'dog', score: 0.25 },
      ],
      [],
    ];
    const request = { model_spec: spec, input: { example_list: { examples } } };
    const classified = open('ClassificationRequest', 'classify', request).render({
      kind: 'classify',
      classes,
    });
    expect(decode('tensorflow.serving.ClassificationResponse', classified.bytes)).toEqual({
      result: { classifications: [{ classes: classes[0] }, {}] },
      model_spec: { name: 'm', version: { value: '7' }, signature_name: 'serving_default' },
    });
    const regressed = open('RegressionRequest', 'regress', request).render({
      kind: 'regress',
      values: [1.5, -2],
    });
    expect(decode('tensorflow.serving.RegressionResponse', regressed.bytes)['result']).toEqual({
      regressions: [{ value: 1.5 }, { value: -2 }],
    });
  });

  test('no input is INVALID_ARGUMENT', () => {
    for (const input of [{}, { example_list: {} }, { example_list: { examples: [] } }])
      expect(statusOf(() => open('ClassificationRequest', 'classify', { model_spec: spec, input }))).toBe(
        'INVALID_ARGUMENT',
      );
    expect(statusOf(() => open('RegressionRequest', 'regress', { model_spec: spec }))).toBe(
      'INVALID_ARGUMENT',
    );
    const unknown = { model_spec: { name: 'm', signature_name: 'x' }, input: { example_list: { examples } } };
    expect(statusOf(() => open('ClassificationRequest', 'classify', unknown))).toBe('INVALID_ARGUMENT');
  });

  test('one task of MultiInference is answered; mixed, unknown and repeated ones are refused', () => {
    const task = { model_spec: spec, method_name: 'tensorflow/serving/classify' };
    const input = { example_list: { examples } };
    const multi = (tasks: unknown[]) => open('MultiInferenceRequest', 'multiInference', { tasks, input });
    const rendered = multi([task]).render({ kind: 'classify', classes: [[{ label: 'cat', score: 0.5 }]] });
    expect(decode('tensorflow.serving.MultiInferenceResponse', rendered.bytes)['results']).toEqual([
      {
        model_spec: { name: 'm', version: { value: '7' }, signature_name: 'serving_default' },
        classification_result: { classifications: [{ classes: [{ label: 'cat', score: 0.5 }] }] },
      },
    ]);
    expect(multi([{ ...task, method_name: 'tensorflow/serving/regress' }]).call.kind).toBe('regress');
    expect(statusOf(() => multi([]))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => multi([task, task]))).toBe('INVALID_ARGUMENT');
    expect(messageOf(() => multi([task, task]))).toContain('Duplicate');
    expect(statusOf(() => multi([task, { ...task, model_spec: { name: 'other' } }]))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(statusOf(() => multi([{ ...task, model_spec: { name: '' } }]))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => multi([{ ...task, model_spec: { name: 'm', signature_name: 'x' } }]))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(statusOf(() => multi([{ ...task, method_name: 'tensorflow/serving/predict' }]))).toBe(
      'UNIMPLEMENTED',
    );
  });
});

test('whatever the bytes, they are understood or refused', () => {
  const valid = encode('tensorflow.serving.PredictRequest', {
    model_spec: spec,
    inputs: {
      x: { dtype: 1, tensor_shape: shape(2, 2), float_val: [1, 2, 3, 4] },
      s: { dtype: 7, tensor_shape: shape(1), string_val: [Buffer.from('a')] },
    },
    output_filter: ['y'],
  });
  const classification = encode('tensorflow.serving.ClassificationRequest', {
    input: { example_list: { examples } },
  });
  const mutated = fc
    .tuple(
      fc.constantFrom(valid, classification),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
      fc.nat(200),
    )
    .map(([source, changes, cut]) => {
      const bytes = Uint8Array.from(source);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes.subarray(0, Math.max(0, bytes.length - (cut > 100 ? 0 : cut)));
    });
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated),
      fc.constantFrom<InferMethod>('predict', 'classify', 'regress', 'multiInference'),
      (bytes, method) => {
        expect(['OK', 'INVALID_ARGUMENT', 'UNIMPLEMENTED', 'FAILED_PRECONDITION']).toContain(
          statusOf(() => openTfsProto(bytes, oneInput('float32'), { method })),
        );
      },
    ),
    { numRuns: 5_000 },
  );
});
