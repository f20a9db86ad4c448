import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../main/runner/codecs/codec';
import { openOipJson } from '../../../main/runner/codecs/oip-json';
import type { Tensor } from '../../../main/runner/tensor';
import { bodyOf, faceOf, messageOf, oneInput, statusOf } from '../../support/codec-faces';

const face = faceOf([{ name: 'x', dtype: 'float32', shape: ['', 2] }]);
const open = (value: unknown, modelFace = face) =>
  openOipJson(bodyOf(JSON.stringify(value)), modelFace, { method: 'predict', jsonLength: null });
const openText = (text: string, jsonLength: number | null = null, rest: Uint8Array = new Uint8Array()) =>
  openOipJson(Buffer.concat([Buffer.from(text), rest]), face, { method: 'predict', jsonLength });
const input = { name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] };

function inputOf(value: unknown): Tensor {
  const { call } = open({ inputs: [value] });
  const tensor = call.kind === 'predict' ? call.inputs['x'] : undefined;
  if (!tensor) throw new Error('no input');
  return tensor;
}
const status = (value: unknown) => statusOf(() => open(value));
const answered = (outputs: Record<string, Tensor>, labels: string[] = []): Answer => ({
  kind: 'predict',
  outputs,
  labels,
});
const y: Tensor = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(0.1, 0.7, 0.2, 0.5, 0.2, 0.3) };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('JSON tensors', () => {
  test('data is flat or nested, and keys come in any order', () => {
    const expected = { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    expect(inputOf({ name: 'x', shape: [2, 2], datatype: 'FP32', data: [1, 2, 3, 4] })).toEqual(expected);
    expect(
      inputOf({
        data: [
          [1, 2],
          [3, 4],
        ],
        datatype: 'FP32',
        shape: [2, 2],
        name: 'x',
      }),
    ).toEqual(expected);
    expect(
      inputOf({
        datatype: 'FP32',
        data: [
          [1, 2],
          [3, 4],
        ],
        shape: [2, 2],
        name: 'x',
      }),
    ).toEqual(expected);
  });

  test('pitfall: 64-bit integers keep every bit, both ways', () => {
    const body =
      '{"inputs":[{"name":"x","shape":[2],"datatype":"INT64","data":[9007199254740993,-9223372036854775808]}]}';
    const exchange = openText(body);
    const tensor: Tensor = {
      dtype: 'int64',
      shape: [2],
      data: BigInt64Array.of(9007199254740993n, -9223372036854775808n),
    };
    expect(exchange.call).toMatchObject({ inputs: { x: tensor } });
    expect(text(exchange.render(answered({ y: tensor })).bytes)).toContain(
      '[9007199254740993,-9223372036854775808]',
    );
    const unsigned =
      '{"inputs":[{"name":"x","shape":[1],"datatype":"UINT64","data":[18446744073709551615]}]}';
    expect(openText(unsigned).call).toMatchObject({
      inputs: { x: { data: BigUint64Array.of(18446744073709551615n) } },
    });
  });

  test('pitfall: NaN and Infinity are taken as bare tokens and answered as asked', () => {
    const exchange = (nonFinite?: 'bare') =>
      openOipJson(
        bodyOf('{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[NaN,-Infinity]}]}'),
        face,
        {
          method: 'predict',
          ...(nonFinite ? { nonFinite } : {}),
        },
      );
    const { call } = exchange();
    expect(call).toMatchObject({
      inputs: { x: { data: Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY) } },
    });
    const odd = answered({ y: { dtype: 'float32', shape: [2], data: Float32Array.of(Number.NaN, 1) } });
    expect(JSON.parse(text(exchange().render(odd).bytes)).outputs[0].data).toEqual([null, 1]);
    expect(text(exchange('bare').render(odd).bytes)).toContain('[NaN,1.0]');
  });

  test('pitfall: a dimension of zero is a tensor without elements', () => {
    expect(inputOf({ name: 'x', shape: [0, 2], datatype: 'FP32', data: [] })).toEqual({
      dtype: 'float32',
      shape: [0, 2],
      data: new Float32Array(0),
    });
    const empty = answered({ y: { dtype: 'float32', shape: [0, 2], data: new Float32Array(0) } });
    expect(JSON.parse(text(open({ inputs: [input] }).render(empty).bytes)).outputs[0]).toEqual({
      name: 'y',
      datatype: 'FP32',
      shape: [0, 2],
      data: [],
    });
  });

  test.each<[string, unknown]>([
    ['no inputs', {}],
    ['inputs no list', { inputs: 5 }],
    ['an input no object', { inputs: [5] }],
    ['no name', { inputs: [{ shape: [1], datatype: 'FP32', data: [1] }] }],
    ['no shape', { inputs: [{ name: 'x', datatype: 'FP32', data: [1] }] }],
    ['no data', { inputs: [{ name: 'x', shape: [1], datatype: 'FP32' }] }],
    ['unknown datatype', { inputs: [{ ...input, datatype: 'FP8' }] }],
    ['a negative dimension', { inputs: [{ ...input, shape: [-1, 2] }] }],
    ['an absurd dimension', { inputs: [{ ...input, shape: [1e15, 1e15] }] }],
    ['fewer elements than the shape', { inputs: [{ ...input, shape: [2, 2] }] }],
    ['more elements than the shape', { inputs: [{ ...input, shape: [1, 1] }] }],
    ['ragged data', { inputs: [{ ...input, data: [[1], 2] }] }],
    ['data of another type', { inputs: [{ ...input, data: ['1', '2'] }] }],
    ['an input twice', { inputs: [input, input] }],
    ['an id that is no string', { id: 5, inputs: [input] }],
    ['outputs without a name', { inputs: [input], outputs: [{}] }],
    ['parameters that are no object', { inputs: [input], parameters: [] }],
    ['a list', [1]],
  ])('%s is refused', (_, value) => {
    expect(status(value)).toBe('INVALID_ARGUMENT');
  });

  test('an answer names the model, the version that answered and the request', () => {
    const rendered = open({ id: '42', inputs: [input] }).render(answered({ y }));
    expect(rendered.contentType).toBe('application/json');
    expect(JSON.parse(text(rendered.bytes))).toEqual({
      model_name: 'm',
      model_version: '7',
      id: '42',
      outputs: [{ name: 'y', datatype: 'FP32', shape: [2, 3], data: [0.1, 0.7, 0.2, 0.5, 0.2, 0.3] }],
    });
  });

  test('outputs are answered in the order they are asked for, an unknown one is refused', () => {
    const two = answered({ a: y, b: { dtype: 'string', shape: [1], data: ['hé'] } });
    const exchange = open({ inputs: [input], outputs: [{ name: 'b' }, { name: 'a' }] });
    expect(exchange.call).toMatchObject({ outputs: ['b', 'a'] });
    const { outputs } = JSON.parse(text(exchange.render(two).bytes));
    expect(outputs.map(({ name }: { name: string }) => name)).toEqual(['b', 'a']);
    expect(outputs[0]).toEqual({ name: 'b', datatype: 'BYTES', shape: [1], data: ['hé'] });
    expect(statusOf(() => open({ inputs: [input], outputs: [{ name: 'c' }] }).render(two))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('classification gives value, index and label of the highest, per row', () => {
    const exchange = open({ inputs: [input], outputs: [{ name: 'y', parameters: { classification: 2 } }] });
    expect(exchange.call).toMatchObject({ wantsLabels: true });
    const { outputs } = JSON.parse(text(exchange.render(answered({ y }, ['cat', 'dog'])).bytes));
    expect(outputs[0]).toEqual({
      name: 'y',
      datatype: 'BYTES',
      shape: [2, 2],
      data: ['0.700000:1:dog', '0.200000:2', '0.500000:0:cat', '0.300000:2'],
    });
  });
});

describe('binary tensors', () => {
  const head = (size: number, extra = {}) =>
    JSON.stringify({
      inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', parameters: { binary_data_size: size } }],
      ...extra,
    });
  const floats = new Uint8Array(Float32Array.of(1.5, -2).buffer);
  const openBinary = (json: string, rest: Uint8Array) => openText(json, json.length, rest);

  test('inputs follow the JSON in order, at any alignment', () => {
    const json = JSON.stringify({
      inputs: [
        { name: 'a', shape: [1], datatype: 'UINT8', parameters: { binary_data_size: 1 } },
        { name: 'j', shape: [1], datatype: 'FP32', data: [3] },
        { name: 'x', shape: [2], datatype: 'FP32', parameters: { binary_data_size: 8 } },
        { name: 's', shape: [2], datatype: 'BYTES', parameters: { binary_data_size: 11 } },
      ],
    });
    const strings = Buffer.from([1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0xc3, 0xa9]);
    const { call } = openBinary(json, Buffer.concat([Buffer.from([9]), floats, strings]));
    expect(call).toMatchObject({
      inputs: {
        a: { data: Uint8Array.of(9) },
        j: { data: Float32Array.of(3) },
        x: { data: Float32Array.of(1.5, -2) },
        s: { data: ['a', 'é'] },
      },
    });
  });

  test('pitfall: a header length larger than the body is refused', () => {
    expect(messageOf(() => openText(head(8), 5_000, floats))).toContain('larger than');
    expect(statusOf(() => openText(head(8), 5_000, floats))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => openText(head(8), 10, floats))).toBe('INVALID_ARGUMENT');
  });

  test('pitfall: a string length that goes beyond the data is refused', () => {
    const json = JSON.stringify({
      inputs: [{ name: 's', shape: [1], datatype: 'BYTES', parameters: { binary_data_size: 5 } }],
    });
    expect(statusOf(() => openBinary(json, Uint8Array.of(2, 0, 0, 0, 0x61)))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => openBinary(json, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x61)))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(statusOf(() => openBinary(json.replace('5', '3'), Uint8Array.of(1, 0, 0)))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(statusOf(() => openBinary(json.replace('5', '0'), new Uint8Array()))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => openBinary(json, Uint8Array.of(1, 0, 0, 0, 0x61)))).toBe('OK');
  });

  test('sizes that do not fit the shape or the body are refused, and so is mixing the forms', () => {
    expect(statusOf(() => openBinary(head(8), floats))).toBe('OK');
    expect(statusOf(() => openBinary(head(4), floats.subarray(4)))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => openBinary(head(12), floats))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => openBinary(head(8), Buffer.concat([floats, floats])))).toBe('INVALID_ARGUMENT');
    const both = JSON.stringify({ inputs: [{ ...input, parameters: { binary_data_size: 8 } }] });
    expect(statusOf(() => openBinary(both, floats))).toBe('INVALID_ARGUMENT');
  });

  test('outputs are binary where they or the request ask for it', () => {
    const labels: Tensor = { dtype: 'string', shape: [2], data: ['a', 'é'] };
    const split = (bytes: Uint8Array, headers: Readonly<Record<string, string>>) => {
      const length = Number(headers['inference-header-content-length']);
      return { json: JSON.parse(text(bytes.subarray(0, length))), raw: bytes.subarray(length) };
    };
    const all = openBinary(head(8, { parameters: { binary_data_output: true } }), floats).render(
      answered({ y, labels }),
    );
    expect(all.contentType).toBe('application/octet-stream');
    const { json, raw } = split(all.bytes, all.headers);
    expect(json.outputs).toEqual([
      { name: 'y', datatype: 'FP32', shape: [2, 3], parameters: { binary_data_size: 24 } },
      { name: 'labels', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 11 } },
    ]);
    const numbers = Buffer.from(Float32Array.of(0.1, 0.7, 0.2, 0.5, 0.2, 0.3).buffer);
    const strings = Buffer.from([1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0xc3, 0xa9]);
    expect(Buffer.from(raw)).toEqual(Buffer.concat([numbers, strings]));
    const outputs = [{ name: 'y', parameters: { binary_data: true } }, { name: 'labels' }];
    const some = open({ inputs: [input], outputs }).render(answered({ y, labels }));
    expect(split(some.bytes, some.headers).json.outputs[1].data).toEqual(['a', 'é']);
    const none = openBinary(head(8), floats).render(answered({ y }));
    expect(none.contentType).toBe('application/json');
    expect(none.headers).toEqual({});
  });

  test('a header length of 0 makes the whole body the one input, with batch 1 and binary answers', () => {
    const exchange = openText('', 0, floats);
    expect(exchange.call).toMatchObject({
      inputs: { x: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1.5, -2) } },
    });
    expect(exchange.render(answered({ y })).contentType).toBe('application/octet-stream');
    const raw = (bytes: Uint8Array, modelFace = face) =>
      statusOf(() => openOipJson(bytes, modelFace, { method: 'predict', jsonLength: 0 }));
    expect(raw(floats.subarray(0, 4))).toBe('INVALID_ARGUMENT');
    expect(raw(floats.subarray(0, 7))).toBe('INVALID_ARGUMENT');
    expect(raw(floats, faceOf([]))).toBe('INVALID_ARGUMENT');
    const open2d = faceOf([{ name: 'x', dtype: 'float32', shape: ['', 'n'] }]);
    expect(raw(floats, open2d)).toBe('OK');
    expect(raw(floats, faceOf([{ name: 'x', dtype: 'float32', shape: ['', 'n', 'm'] }]))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(
      openOipJson(bodyOf('hé'), oneInput('string'), { method: 'predict', jsonLength: 0 }).call,
    ).toMatchObject({
      inputs: { x: { shape: [1], data: ['hé'] } },
    });
  });
});

test('whatever the bytes and the header, a request is understood or refused', () => {
  const json = fc
    .record(
      {
        id: fc.jsonValue({ maxDepth: 1 }),
        parameters: fc.jsonValue({ maxDepth: 2 }),
        outputs: fc.jsonValue({ maxDepth: 3 }),
        inputs: fc.array(
          fc.record(
            {
              name: fc.constantFrom('x', 'y', ''),
              shape: fc.oneof(
                fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 3 }),
                fc.jsonValue({ maxDepth: 1 }),
              ),
              datatype: fc.constantFrom('FP32', 'BYTES', 'INT64', 'FP16', 'BF16', 'BOOL', 'X'),
              parameters: fc.constantFrom({}, { binary_data_size: 4 }, { binary_data_size: -1 }, 5, null),
              data: fc.jsonValue({ maxDepth: 3 }),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    )
    .map((value) => bodyOf(JSON.stringify(value)));
  const body = fc
    .tuple(fc.oneof(json, fc.uint8Array({ maxLength: 100 })), fc.uint8Array({ maxLength: 20 }))
    .map(([a, b]) => Buffer.concat([a, b]));
  fc.assert(
    fc.property(body, fc.oneof(fc.constant(null), fc.nat(400)), (bytes, jsonLength) => {
      const length = jsonLength !== null && jsonLength > 300 ? bytes.length : jsonLength;
      expect(['OK', 'INVALID_ARGUMENT', 'UNIMPLEMENTED']).toContain(
        statusOf(() => openOipJson(bytes, face, { method: 'predict', jsonLength: length })),
      );
    }),
    { numRuns: 3_000 },
  );
});
