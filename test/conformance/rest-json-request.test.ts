import { describe, expect, test } from 'vitest';
import { parseExamplesJson } from '../../main/runner/codecs/tfs-examples-json';
import { parsePredictJson } from '../../main/runner/codecs/tfs-predict-json';
import type { Tensor } from '../../main/runner/tensor';
import { bodyOf, faceOf, messageOf, oneInput, statusOf } from '../support/codec-faces';

const floats = oneInput('float32');
const twoInputs = faceOf([
  { name: 'a', dtype: 'float32', shape: [''] },
  { name: 'b', dtype: 'int32', shape: [''] },
]);
const parse = (text: string, face = floats) => parsePredictJson(bodyOf(text), face);
const x = (text: string, face = floats): Tensor => {
  const tensor = parse(text, face).inputs['x'];
  if (!tensor) throw new Error('no input x');
  return tensor;
};
const values = (tensor: Tensor): unknown[] =>
  Array.isArray(tensor.data) ? tensor.data : Array.from(tensor.data as Float32Array);
const status = (text: string, face = floats) => statusOf(() => parse(text, face));

describe('predict requests in JSON', () => {
  test('T193: instances of bare values and of lists are stacked into one tensor, in row format', () => {
    const scalars = parse('{"instances":[1,2,3]}');
    expect(scalars.layout).toBe('row');
    expect(scalars.inputs['x']).toEqual({ dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(x('{"instances":[[1,2],[3,4]]}')).toEqual({
      dtype: 'float32',
      shape: [2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
  });

  test('T194: inputs hold the whole tensor, down to a scalar, in columnar format', () => {
    expect(parse('{"inputs":[[1,2]]}').layout).toBe('columnar');
    expect(x('{"inputs":[[1,2]]}').shape).toEqual([1, 2]);
    expect(x('{"inputs": 1}')).toEqual({ dtype: 'float32', shape: [], data: Float32Array.of(1) });
    expect(x('{"inputs": []}').shape).toEqual([0]);
    expect(x('{"inputs": [[],[]]}').shape).toEqual([2, 0]);
  });

  test('T195: base64 objects become strings', () => {
    expect(x('{"instances":[{"b64":"aGk="}]}', oneInput('string'))).toEqual({
      dtype: 'string',
      shape: [1],
      data: ['hi'],
    });
    expect(values(x('{"inputs":{"b64":"aGk="}}', oneInput('string')))).toEqual(['hi']);
    expect(values(x('{"instances":[{"x":{"b64":"aGk="}},{"x":"ho"}]}', oneInput('string')))).toEqual([
      'hi',
      'ho',
    ]);
    const named = parse('{"instances":[{"b64":"a"},{"b64":{"b64":"aGk="}}]}', oneInput('string', 'b64'));
    expect(named.inputs['b64']?.data).toEqual(['a', 'hi']);
    expect(status('{"instances":[{"b64":"a"}]}', oneInput('string'))).toBe('INVALID_ARGUMENT');
    expect(status('{"instances":[{"b64":"aGk=","c":1}]}', oneInput('string'))).toBe('INVALID_ARGUMENT');
    expect(status('{"instances":[{"b64":"/w=="}]}', oneInput('string'))).toBe('INVALID_ARGUMENT');
  });

  test('T196: objects with every input name give one tensor for each', () => {
    const { inputs } = parse('{"instances":[{"a":[1,2],"b":3},{"b":4,"a":[5,6]}]}', twoInputs);
    expect(inputs['a']).toEqual({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 5, 6) });
    expect(inputs['b']).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(3, 4) });
  });

  test('T197: a missing input is refused in both formats, an extra one only in rows', () => {
    expect(status('{"instances":[{"a":1}]}', twoInputs)).toBe('INVALID_ARGUMENT');
    expect(messageOf(() => parse('{"instances":[{"a":1,"b":1},{"a":1}]}', twoInputs))).toMatch(
      /element: 1 .*a,b/,
    );
    expect(status('{"instances":[{"a":1,"b":1,"c":1}]}', twoInputs)).toBe('INVALID_ARGUMENT');
    expect(messageOf(() => parse('{"instances":[{"a":1,"b":1,"c":1}]}', twoInputs))).toContain('c');
    expect(status('{"inputs":{"a":1}}', twoInputs)).toBe('INVALID_ARGUMENT');
    expect(status('{"inputs":{"a":1,"b":1,"c":[{"d":null}]}}', twoInputs)).toBe('OK');
    expect(status('{"instances":[1]}', twoInputs)).toBe('INVALID_ARGUMENT');
    expect(status('{"inputs":[1]}', twoInputs)).toBe('INVALID_ARGUMENT');
  });

  test('T198: exactly one of instances and inputs', () => {
    expect(status('{"instances":[1],"inputs":[1]}')).toBe('INVALID_ARGUMENT');
    expect(status('{"inputs":[1],"instances":[1]}')).toBe('INVALID_ARGUMENT');
    expect(status('{"signature_name":"serving_default"}')).toBe('INVALID_ARGUMENT');
    expect(status('{}')).toBe('INVALID_ARGUMENT');
  });

  test.each([
    '',
    '[]',
    '5',
    'null',
    '{',
    '{"instances":[1]',
    '{"instances":[1,]}',
    '{"instances":[1 2]}',
    '{"instances":[01]}',
    '{"instances":[.5]}',
    '{"instances":[1.]}',
    '{"instances":[1e]}',
    '{"instances":[-]}',
    '{"instances":[+1]}',
    "{'instances':[1]}",
    '{instances:[1]}',
    '{"instances" [1]}',
    '{"other":tru,"instances":[1]}',
    '{"signature_name":5,"instances":[1]}',
    '{"signature_name":"other","instances":[1]}',
    '{"instances":[]}',
    '{"instances":1}',
    '{"instances":{"x":1}}',
  ])('T199: %s is refused', (text) => {
    expect(status(text)).toBe('INVALID_ARGUMENT');
  });

  test('T199: the default signature may be named, before or after the tensors, and other keys and what follows are ignored', () => {
    expect(status('{"signature_name":"serving_default","instances":[1]}')).toBe('OK');
    expect(status('{"instances":[1],"signature_name":""}')).toBe('OK');
    expect(status('{"extra":{"deep":[1,{"a":"b"}]},"instances":[1]} trailing')).toBe('OK');
    expect(status('\ufeff {"instances":[1]}')).toBe('OK');
  });

  test('T200: rows of unequal size or shape are refused, with the element', () => {
    expect(messageOf(() => parse('{"instances":[[1,2],[3]]}'))).toMatch(
      /^Failed to process element: 1 of 'instances' list\./,
    );
    for (const rows of ['[[1],[[1]]]', '[1,[1]]', '[[1],1]', '[[],[1]]', '[[[1],[2]],[[1,2]]]'])
      expect(status(`{"instances":${rows}}`), rows).toBe('INVALID_ARGUMENT');
    expect(status('{"instances":[{"x":[1,2]},{"x":[1]}]}')).toBe('INVALID_ARGUMENT');
    expect(status('{"instances":[{"x":[1,2]},{"x":[[1,2]]}]}')).toBe('INVALID_ARGUMENT');
    expect(status('{"instances":[{"x":1},1]}')).toBe('INVALID_ARGUMENT');
    expect(status('{"instances":[1,{"x":1}]}')).toBe('INVALID_ARGUMENT');
    expect(status('{"inputs":[[1,2],[3]]}')).toBe('INVALID_ARGUMENT');
  });

  test('T201: a value of another type than the input is refused, with the element and the value', () => {
    const wrong: [string, string][] = [
      ['1.5', 'int32'],
      ['1.0', 'int32'],
      ['1e2', 'int64'],
      ['"1"', 'float32'],
      ['1', 'bool'],
      ['true', 'float32'],
      ['null', 'float32'],
      ['null', 'string'],
      ['5', 'string'],
      ['2147483648', 'int32'],
      ['-1', 'uint32'],
      ['256', 'uint8'],
      ['18446744073709551616', 'uint64'],
      ['9223372036854775808', 'int64'],
    ];
    for (const [value, dtype] of wrong) {
      expect(status(`{"instances":[${value}]}`, oneInput(dtype)), `${value} to ${dtype}`).toBe(
        'INVALID_ARGUMENT',
      );
      expect(messageOf(() => parse(`{"instances":[${value}]}`, oneInput(dtype)))).toContain(value);
    }
    expect(messageOf(() => parse('{"instances":[[1,2],[3,"four"]]}'))).toBe(
      `Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: JSON Value: "four" Type: String is not of expected type: float`,
    );
  });

  test('T201: integers keep every bit, and all types take what fits', () => {
    expect(
      x('{"instances":[9223372036854775807,-9223372036854775808, 9007199254740993]}', oneInput('int64')).data,
    ).toEqual(BigInt64Array.of(9223372036854775807n, -9223372036854775808n, 9007199254740993n));
    expect(x('{"instances":[18446744073709551615]}', oneInput('uint64')).data).toEqual(
      BigUint64Array.of(18446744073709551615n),
    );
    expect(x('{"instances":[true,false]}', oneInput('bool')).data).toEqual(Uint8Array.of(1, 0));
    expect(x('{"instances":[-128,127]}', oneInput('int8')).data).toEqual(Int8Array.of(-128, 127));
    expect(x('{"instances":[1.5,-2]}', oneInput('float16')).data).toEqual(Uint16Array.of(0x3e00, 0xc000));
    expect(x('{"instances":[0.1]}', oneInput('float64')).data).toEqual(Float64Array.of(0.1));
    expect(x('{"instances":["a\\u00e9\\n\\"\\ud83d\\ude00"]}', oneInput('string')).data).toEqual(['aé\n"😀']);
  });

  test('T201: a type that JSON cannot carry is UNIMPLEMENTED in columns, INVALID_ARGUMENT in rows', () => {
    expect(status('{"inputs":[1]}', oneInput('bfloat16'))).toBe('UNIMPLEMENTED');
    expect(status('{"instances":[1]}', oneInput('bfloat16'))).toBe('INVALID_ARGUMENT');
  });

  test('T202: any JSON number fits a float: overflow is infinity, underflow zero', () => {
    expect(values(x('{"instances":[1, 2.5, -1e3, 1e40, -1e400, 1e-60, -0.0]}'))).toEqual([
      1,
      2.5,
      -1000,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      -0,
    ]);
  });

  test('T203: NaN and the infinities are taken as bare tokens', () => {
    expect(values(x('{"instances":[NaN, Infinity, -Infinity, Inf, -Inf, 1]}'))).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1,
    ]);
    expect(status('{"instances":[NaN]}', oneInput('int32'))).toBe('INVALID_ARGUMENT');
    expect(status('{"instances":[nan]}')).toBe('INVALID_ARGUMENT');
  });

  test.each([
    ['instances', '[', ']'],
    ['inputs', '[', ']'],
    ['ignored', '[', ']'],
    ['ignored', '{"a":', '}'],
    ['instances', '{"x":', '}'],
    ['examples', '[', ']'],
  ])('T204: 500,000 levels of nesting under %s %s are an answer, not a crash', (key, open, close) => {
    const text = `{"${key}":${open.repeat(500_000)}1${close.repeat(500_000)}}`;
    expect(status(text)).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => parseExamplesJson(bodyOf(text), floats))).toBe('INVALID_ARGUMENT');
    expect(status(`{"${key}":${open.repeat(500_000)}`)).toBe('INVALID_ARGUMENT');
  });
});

describe('classify and regress requests in JSON', () => {
  const examples = (text: string) => parseExamplesJson(bodyOf(text), floats);

  test('T211: the context is merged into each example, which wins', () => {
    const parsed = examples(
      '{"signature_name":"serving_default","context":{"country":"de","age":1},"examples":[{"age":[2,3]},{"w":[1.5]},{"img":{"b64":"aGk="}}]}',
    );
    expect(parsed).toHaveLength(3);
    expect(parsed[0]).toEqual(
      new Map<string, unknown>([
        ['country', { kind: 'bytes', values: [Buffer.from('de')] }],
        ['age', { kind: 'int64', values: [2n, 3n] }],
      ]),
    );
    expect(parsed[1]?.get('age')).toEqual({ kind: 'int64', values: [1n] });
    expect(parsed[1]?.get('w')).toEqual({ kind: 'float', values: [1.5] });
    expect(parsed[2]?.get('img')).toEqual({ kind: 'bytes', values: [Buffer.from('hi')] });
  });

  test.each([
    '{}',
    '{"examples":5}',
    '{"examples":[]}',
    '{"examples":[5]}',
    '{"examples":[{"a":[1,2.5]}]}',
    '{"examples":[{"a":[1,"a"]}]}',
    '{"examples":[{"a":[null]}]}',
    '{"examples":[{"a":[[1]]}]}',
    '{"examples":[{"a":{"c":1}}]}',
    '{"examples":[{"a":18446744073709551615}]}',
    '{"examples":[{"a":1}],"context":5}',
    '{"examples":[{"a":1}],"signature_name":5}',
    '{"examples":[{"a":1}',
  ])('T212: %s is refused', (text) => {
    expect(statusOf(() => examples(text))).toBe('INVALID_ARGUMENT');
  });
});
