import { describe, expect, test } from 'vitest';
import type { Answer, CallParams } from '../../main/runner/codecs/codec';
import { openTfsJson } from '../../main/runner/codecs/tfs-json';
import type { Tensor } from '../../main/runner/tensor';
import { bodyOf, oneInput, statusOf } from '../support/codec-faces';

const row = '{"instances":[1]}';
const columnar = '{"inputs":[1]}';
const examples = '{"examples":[{"a":1}]}';

function render(body: string, answer: Answer, params: Partial<CallParams> = {}): string {
  const method = answer.kind === 'pictures' ? 'predict' : answer.kind;
  const exchange = openTfsJson(bodyOf(body), oneInput('float32'), { method, ...params });
  const rendered = exchange.render(answer);
  expect(rendered.contentType).toBe('application/json');
  return Buffer.from(rendered.bytes).toString();
}
const predicted = (outputs: Record<string, Tensor>): Answer => ({ kind: 'predict', outputs, labels: [] });
const floats = (shape: number[], ...values: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

describe('answers in JSON', () => {
  test('T205: one output is unnamed, several are an object for each row', () => {
    const scores = floats([2, 2], 0.1, 0.9, 0.8, 0.2);
    const labels: Tensor = { dtype: 'string', shape: [2], data: ['cat', 'dog'] };
    expect(render(row, predicted({ scores }))).toBe('{"predictions":[[0.1,0.9],[0.8,0.2]]}');
    expect(JSON.parse(render(row, predicted({ scores, label: labels })))).toEqual({
      predictions: [
        { scores: [0.1, 0.9], label: 'cat' },
        { scores: [0.8, 0.2], label: 'dog' },
      ],
    });
    expect(render(columnar, predicted({ scores }))).toBe('{"outputs":[[0.1,0.9],[0.8,0.2]]}');
    expect(JSON.parse(render(columnar, predicted({ scores, label: labels })))).toEqual({
      outputs: {
        scores: [
          [0.1, 0.9],
          [0.8, 0.2],
        ],
        label: ['cat', 'dog'],
      },
    });
  });

  test('T205: rows of higher rank keep their nesting, and rows need not be as many as instances', () => {
    expect(render(row, predicted({ y: floats([2, 2, 1], 1, 2, 3, 4) }))).toBe(
      '{"predictions":[[[1.0],[2.0]],[[3.0],[4.0]]]}',
    );
    expect(render(row, predicted({ y: floats([3], 1, 2, 3) }))).toBe('{"predictions":[1.0,2.0,3.0]}');
  });

  test('T206: rows need a common first dimension, columns do not', () => {
    const scalar = predicted({ y: floats([], 1) });
    const uneven = predicted({ a: floats([2], 1, 2), b: floats([3], 1, 2, 3) });
    expect(statusOf(() => render(row, scalar))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => render(row, uneven))).toBe('INVALID_ARGUMENT');
    expect(render(columnar, scalar)).toBe('{"outputs":1.0}');
    expect(render(columnar, uneven)).toBe('{"outputs":{"a":[1.0,2.0],"b":[1.0,2.0,3.0]}}');
  });

  test('T207: no rows are an empty list', () => {
    expect(render(row, predicted({ y: floats([0, 3]) }))).toBe('{"predictions":[]}');
  });

  test('T208: strings of an output named …_bytes are base64 objects, others plain', () => {
    const text = (values: string[]): Tensor => ({ dtype: 'string', shape: [values.length], data: values });
    expect(render(row, predicted({ img_bytes: text(['hi']) }))).toBe('{"predictions":[{"b64":"aGk="}]}');
    expect(render(row, predicted({ label: text(['a "b"\né']) }))).toBe('{"predictions":["a \\"b\\"\\né"]}');
  });

  test('T209: numbers are short, whole ones keep a decimal', () => {
    const numbers = [
      5,
      9_000_000,
      0.1,
      1 / 3,
      0.00003,
      -2.5,
      0,
      16_777_216,
      123_456,
      1_234_567,
      3.4028234663852886e38,
      1e-45,
    ];
    expect(render(row, predicted({ y: floats([numbers.length], ...numbers) }))).toBe(
      '{"predictions":[5.0,9e+06,0.1,0.333333343,3e-05,-2.5,0.0,16777216.0,123456.0,1234567.0,3.40282347e+38,1.40129846e-45]}',
    );
    const doubles: Tensor = { dtype: 'float64', shape: [4], data: Float64Array.of(5, 9e6, 0.1, 1 / 3) };
    expect(render(row, predicted({ y: doubles }))).toBe('{"predictions":[5.0,9e+06,0.1,0.3333333333333333]}');
    const integers: Tensor = { dtype: 'int64', shape: [2], data: BigInt64Array.of(9007199254740993n, -1n) };
    expect(render(row, predicted({ y: integers }))).toBe('{"predictions":[9007199254740993,-1]}');
    expect(render(row, predicted({ y: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) } }))).toBe(
      '{"predictions":[true,false]}',
    );
    expect(
      render(row, predicted({ y: { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3e00) } })),
    ).toBe('{"predictions":[1.5]}');
  });

  test('T203: numbers that JSON cannot express are null, a string, or the bare token, as asked', () => {
    const odd = predicted({
      y: floats([4], Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1),
    });
    expect(render(row, odd)).toBe('{"predictions":[null,null,null,1.0]}');
    expect(render(row, odd, { nonFinite: 'string' })).toBe(
      '{"predictions":["NaN","Infinity","-Infinity",1.0]}',
    );
    expect(render(row, odd, { nonFinite: 'bare' })).toBe('{"predictions":[NaN,Infinity,-Infinity,1.0]}');
  });

  test('T210: no outputs at all cannot be answered', () => {
    expect(statusOf(() => render(row, predicted({})))).toBe('INVALID_ARGUMENT');
  });

  test('T213: classifications are pairs of label and score, regressions numbers', () => {
    const classes: Answer = {
      kind: 'classify',
      classes: [
        [
          { label: 'cat', score: 0.9 },
          { label: '', score: 0.1 },
        ],
      ],
    };
    expect(render(examples, classes)).toBe('{"results":[[["cat",0.9],["",0.1]]]}');
    const regressions: Answer = { kind: 'regress', values: [1, Number.NaN] };
    expect(render(examples, regressions, { nonFinite: 'bare' })).toBe('{"results":[1.0,NaN]}');
    expect(render(examples, regressions)).toBe('{"results":[1.0,null]}');
    expect(statusOf(() => render(examples, { kind: 'classify', classes: [] }))).toBe('INVALID_ARGUMENT');
    expect(statusOf(() => render(examples, { kind: 'regress', values: [] }))).toBe('INVALID_ARGUMENT');
  });
});
