import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../main/runner/codecs/codec';
import { openOipProto } from '../../../main/runner/codecs/oip-proto';
import type { Tensor } from '../../../main/runner/tensor';
import { faceOf, statusOf } from '../../support/codec-faces';
import { decode, encode } from '../../support/proto-client';

const face = faceOf([{ name: 'x', dtype: 'float32', shape: ['', 2] }]);
const open = (value: Record<string, unknown>) =>
  openOipProto(encode('inference.ModelInferRequest', value), face);
const status = (value: Record<string, unknown>) => statusOf(() => open(value));
const typed = { name: 'x', datatype: 'FP32', shape: [1, 2], contents: { fp32_contents: [1, 2] } };
const untyped = { name: 'x', datatype: 'FP32', shape: [1, 2] };
const raw = Buffer.from(Float32Array.of(1, 2).buffer);
const y: Tensor = { dtype: 'float32', shape: [1, 2], data: Float32Array.of(0.25, 0.75) };
const answered = (outputs: Record<string, Tensor>, labels: string[] = []): Answer => ({
  kind: 'predict',
  outputs,
  labels,
});
const response = (bytes: Uint8Array) => decode('inference.ModelInferResponse', bytes);

describe('ModelInferRequest', () => {
  test.each<[string, string, Record<string, unknown>, Tensor['data']]>([
    ['BOOL', 'bool', { bool_contents: [true, false] }, Uint8Array.of(1, 0)],
    ['INT8', 'int8', { int_contents: [-128, 127] }, Int8Array.of(-128, 127)],
    ['INT16', 'int16', { int_contents: [-5, 5] }, Int16Array.of(-5, 5)],
    ['INT32', 'int32', { int_contents: [-5, 5] }, Int32Array.of(-5, 5)],
    [
      'INT64',
      'int64',
      { int64_contents: ['9007199254740993', '-1'] },
      BigInt64Array.of(9007199254740993n, -1n),
    ],
    ['UINT8', 'uint8', { uint_contents: [0, 255] }, Uint8Array.of(0, 255)],
    ['UINT16', 'uint16', { uint_contents: [0, 65535] }, Uint16Array.of(0, 65535)],
    ['UINT32', 'uint32', { uint_contents: [0, 4294967295] }, Uint32Array.of(0, 4294967295)],
    [
      'UINT64',
      'uint64',
      { uint64_contents: ['18446744073709551615', '0'] },
      BigUint64Array.of(18446744073709551615n, 0n),
    ],
    ['FP32', 'float32', { fp32_contents: [1.5, -2] }, Float32Array.of(1.5, -2)],
    ['FP64', 'float64', { fp64_contents: [0.1, -2] }, Float64Array.of(0.1, -2)],
    ['BYTES', 'string', { bytes_contents: [Buffer.from('a'), Buffer.from('é')] }, ['a', 'é']],
  ])('%s is read from its typed contents, and written to them', (datatype, dtype, contents, data) => {
    const exchange = open({
      model_name: 'm',
      id: '42',
      inputs: [{ name: 'x', datatype, shape: [2], contents }],
    });
    expect(exchange.call).toMatchObject({ inputs: { x: { dtype, shape: [2], data } } });
    const sent = decode('inference.InferTensorContents', encode('inference.InferTensorContents', contents));
    expect(response(exchange.render(answered({ y: { dtype, shape: [2], data } })).bytes)).toEqual({
      model_name: 'm',
      model_version: '7',
      id: '42',
      outputs: [{ name: 'y', datatype, shape: ['2'], contents: sent }],
    });
  });

  test('raw inputs are answered raw, in the order of the outputs', () => {
    const exchange = open({ inputs: [untyped], raw_input_contents: [raw] });
    expect(exchange.call).toMatchObject({
      inputs: { x: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } },
    });
    expect(response(exchange.render(answered({ y })).bytes)).toMatchObject({
      outputs: [{ name: 'y', datatype: 'FP32', shape: ['1', '2'] }],
      raw_output_contents: [Buffer.from(Float32Array.of(0.25, 0.75).buffer)],
    });
  });

  test('pitfall: half precision has no typed contents: raw in, and raw out for the whole message', () => {
    const half = { name: 'x', datatype: 'FP16', shape: [2] };
    expect(status({ inputs: [{ ...half, contents: { fp32_contents: [1, 2] } }] })).toBe('INVALID_ARGUMENT');
    const { call } = open({ inputs: [half], raw_input_contents: [Buffer.from([0, 0x3e, 0, 0xc0])] });
    expect(call).toMatchObject({ inputs: { x: { dtype: 'float16', data: Uint16Array.of(0x3e00, 0xc000) } } });
    const h: Tensor = { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3e00) };
    const answer = response(open({ inputs: [typed] }).render(answered({ y, h })).bytes);
    expect(answer['raw_output_contents']).toHaveLength(2);
    expect(answer['outputs']).toEqual([
      { name: 'y', datatype: 'FP32', shape: ['1', '2'] },
      { name: 'h', datatype: 'FP16', shape: ['1'] },
    ]);
  });

  test('pitfall: typed and raw tensors in one message are refused', () => {
    expect(status({ inputs: [typed], raw_input_contents: [raw] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [untyped, { ...typed, name: 'z' }], raw_input_contents: [raw] })).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('pitfall: 64-bit sizes, lengths and contents that do not fit are refused', () => {
    expect(status({ inputs: [{ ...typed, shape: [3] }] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [{ ...typed, shape: [-1] }] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [{ ...typed, shape: ['9223372036854775807'] }] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [{ ...typed, datatype: 'FP8' }] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [{ ...typed, datatype: 'INT32' }] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [typed, typed] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [untyped], raw_input_contents: [raw.subarray(1)] })).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [untyped], raw_input_contents: [raw, raw] })).toBe('INVALID_ARGUMENT');
    expect(
      status({
        inputs: [{ ...untyped, datatype: 'BYTES', shape: [1] }],
        raw_input_contents: [Buffer.from([9, 0, 0, 0, 1])],
      }),
    ).toBe('INVALID_ARGUMENT');
    expect(status({ inputs: [{ ...untyped, shape: [0, 2] }] })).toBe('OK');
  });

  test('the classification parameter asks for classes', () => {
    const outputs = [{ name: 'y', parameters: { classification: { int64_param: 1 } } }];
    const exchange = open({ inputs: [typed], outputs });
    expect(exchange.call).toMatchObject({ outputs: ['y'], wantsLabels: true });
    expect(response(exchange.render(answered({ y }, ['cat', 'dog'])).bytes)['outputs']).toEqual([
      {
        name: 'y',
        datatype: 'BYTES',
        shape: ['1', '1'],
        contents: { bytes_contents: [Buffer.from('0.750000:1:dog')] },
      },
    ]);
  });
});

test('whatever the bytes, they are understood or refused', () => {
  const valid = encode('inference.ModelInferRequest', {
    model_name: 'm',
    id: '1',
    inputs: [
      typed,
      { name: 's', datatype: 'BYTES', shape: [1], contents: { bytes_contents: [Buffer.from('a')] } },
    ],
    outputs: [{ name: 'y', parameters: { classification: { int64_param: 1 } } }],
  });
  const mutated = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((changes) => {
      const bytes = Uint8Array.from(valid);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
      expect(['OK', 'INVALID_ARGUMENT', 'UNIMPLEMENTED']).toContain(
        statusOf(() => openOipProto(bytes, face)),
      );
    }),
    { numRuns: 5_000 },
  );
});
