import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpWorld } from '../support/http-world';
import type { LocalEndpoints } from '../support/local-endpoints';
import { classifierModel } from '../support/onnx-classifiers';
import { type RealServer, realServer } from '../support/real-server';
import { addingModel, constantModel, echoModel } from '../support/small-models';

// From a socket through an engine to a process with the real runtime, and back.

const types = {
  int32: 'int32',
  int64: 'int64',
  uint32: 'uint32',
  uint64: 'uint64',
  uint8: 'uint8',
  int8: 'int8',
  bool: 'bool',
  float64: 'float64',
  text: 'string',
} as const;
const typical = {
  int32: '1',
  int64: '1',
  uint32: '1',
  uint64: '1',
  uint8: '1',
  int8: '1',
  bool: 'true',
  float64: '1',
  text: '"a"',
} as const;

let server: RealServer;
let usual: LocalEndpoints;
beforeAll(async () => {
  server = await realServer({
    floats: { 1: echoModel({ x: {} }) },
    grid: { 1: echoModel({ x: { shape: ['batch', 'width'] } }) },
    one: { 1: echoModel({ x: { shape: [] } }) },
    text: { 1: echoModel({ x: { dtype: 'string' } }) },
    bytes: { 1: echoModel({ x: { dtype: 'string' } }, 'img_bytes') },
    pair: { 1: echoModel({ a: {}, b: { dtype: 'int32' } }) },
    types: {
      1: echoModel(Object.fromEntries(Object.entries(types).map(([name, dtype]) => [name, { dtype }]))),
    },
    scalar: { 1: constantModel([{ name: 'y', dims: [], values: [1] }]) },
    uneven: {
      1: constantModel([
        { name: 'a', dims: [2], values: [1, 2] },
        { name: 'b', dims: [3], values: [1, 2, 3] },
      ]),
    },
    empty: { 1: constantModel([{ name: 'y', dims: [0, 3], values: [] }]) },
    numbers: { 1: addingModel(0) },
    sum: {
      1: {
        inputs: [
          { name: 'age', dtype: 'float32', shape: ['batch', 1] },
          { name: 'w', dtype: 'float32', shape: ['batch', 1] },
        ],
        outputs: [{ name: 'y', shape: ['batch', 1] }],
        nodes: [{ op: 'Add', inputs: ['age', 'w'], outputs: ['y'] }],
      },
    },
    classes: {
      1: classifierModel({
        shape: ['batch', 1, 28, 28],
        classes: 2,
        end: 'Softmax',
        metadata: { labels: '["cat","dog"]' },
      }),
    },
  });
  usual = await server.listen({});
}, 120_000);
afterAll(() => server.close());

async function post(model: string, body: string | Uint8Array, method = 'predict', headers = {}) {
  const answer = await usual.ask(`/v1/models/${model}:${method}`, { body, headers });
  return { status: answer.status, text: answer.text };
}
/** What is answered, or the status where it is no answer. */
const answered = async (model: string, body: string, method?: string): Promise<unknown> => {
  const { status, text } = await post(model, body, method);
  return status === 200 ? JSON.parse(text) : status;
};
/** What is said about a request that is refused, which has to be valid JSON. */
async function refused(model: string, body: string, method?: string): Promise<string> {
  const { status, text } = await post(model, body, method);
  expect([status, text]).toEqual([400, expect.any(String)]);
  return (JSON.parse(text) as { error: string }).error;
}

describe('predict requests', () => {
  test('T193: instances of bare values and of lists are rows, answered as predictions', async () => {
    expect(await answered('floats', '{"instances":[1,2,3]}')).toEqual({ predictions: [1, 2, 3] });
    expect(await answered('grid', '{"instances":[[1,2],[3,4]]}')).toEqual({
      predictions: [
        [1, 2],
        [3, 4],
      ],
    });
  });

  test('T194: inputs hold the whole tensor, down to a scalar, answered as outputs', async () => {
    for (const [model, value] of [
      ['grid', [[1, 2]]],
      ['one', 1],
      ['floats', []],
      ['grid', [[], []]],
    ] as const)
      expect(await answered(model, JSON.stringify({ inputs: value }))).toEqual({ outputs: value });
  });

  test('T195: base64 objects become strings', async () => {
    expect(await answered('text', '{"instances":[{"b64":"aGk="},"ho"]}')).toEqual({
      predictions: ['hi', 'ho'],
    });
    expect(await answered('text', '{"inputs":[{"b64":"aGk="}]}')).toEqual({ outputs: ['hi'] });
    await refused('text', '{"instances":[{"b64":"a"}]}');
  });

  test('T196: objects with every input name give one tensor for each', async () => {
    expect(await answered('pair', '{"instances":[{"a":1.5,"b":3},{"b":4,"a":2}]}')).toEqual({
      predictions: [
        { a_out: 1.5, b_out: 3 },
        { a_out: 2, b_out: 4 },
      ],
    });
  });

  test('T197: a missing input is refused in both formats, an extra one only in rows', async () => {
    expect(await refused('pair', '{"instances":[{"a":1,"b":1},{"a":1}]}')).toMatch(/element: 1 .*a,b/);
    expect(await refused('pair', '{"instances":[{"a":1,"b":1,"c":1}]}')).toContain('c');
    await refused('pair', '{"inputs":{"a":1}}');
    expect(await answered('pair', '{"inputs":{"a":[1],"b":[1],"c":[{"d":null}]}}')).toEqual({
      outputs: { a_out: [1], b_out: [1] },
    });
  });

  test.each(['{"instances":[1],"inputs":[1]}', '{"signature_name":"serving_default"}', '{}'])(
    'T198: %s has not exactly one of instances and inputs',
    async (body) => {
      await refused('floats', body);
    },
  );

  test.each([
    '',
    '[]',
    '{',
    '{"instances":[1,]}',
    '{"signature_name":5,"instances":[1]}',
    '{"signature_name":"other","instances":[1]}',
    '{"instances":[]}',
    '{"instances":1}',
  ])('T199: %s is refused', async (body) => {
    await refused('floats', body);
  });

  test.each(['[[1,2],[3]]', '[[1],[[1]]]'])('T200: rows %s are refused', async (rows) => {
    expect(await refused('floats', `{"instances":${rows}}`)).toMatch(
      /^Failed to process element: 1 of 'instances'/,
    );
  });

  test('T201: a value of another type than the input is refused, with the value', async () => {
    const one = (differences: Partial<Record<keyof typeof types, string>>): string =>
      `{"instances":[{${Object.entries({ ...typical, ...differences }).map(([name, value]) => `"${name}":${value}`)}}]}`;
    expect(await answered('types', one({}))).toMatchObject({
      predictions: [{ int32_out: 1, text_out: 'a' }],
    });
    for (const [name, value] of [
      ['int32', '1.5'],
      ['int32', '2147483648'],
      ['int64', '1e2'],
      ['uint64', '18446744073709551616'],
      ['uint8', '256'],
      ['bool', '1'],
      ['float64', '"1"'],
      ['text', '5'],
      ['int64', 'null'],
    ] as const)
      expect(await refused('types', one({ [name]: value })), `${value} to ${name}`).toContain(value);
    const { text } = await post(
      'types',
      one({ int64: '-9223372036854775808', uint64: '18446744073709551615' }),
    );
    expect(text).toContain('"int64_out":-9223372036854775808'); // every bit, there and back
    expect(text).toContain('"uint64_out":18446744073709551615');
  });

  test('T202, T203: overflow is infinity, underflow zero, and bare tokens are taken; answers are strict JSON unless bare tokens are set', async () => {
    const body = '{"instances":[1, 2.5, -1e3, 1e40, 1e-60, NaN, -Infinity]}';
    expect(await answered('floats', body)).toEqual({ predictions: [1, 2.5, -1000, null, 0, null, null] });
    for (const [nonFinite, expected] of [
      ['string', '{"predictions":[1.0,2.5,-1000.0,"Infinity",0.0,"NaN","-Infinity"]}'],
      ['bare', '{"predictions":[1.0,2.5,-1000.0,Infinity,0.0,NaN,-Infinity]}'],
    ] as const) {
      const { ask } = await server.listen({ nonFinite });
      expect((await ask('/v1/models/floats:predict', { body })).text).toBe(expected);
    }
  });

  test('T204: 500,000 levels of nesting are refused, and the model goes on answering', async () => {
    const deep = (key: string, open: string, close: string): string =>
      `{"${key}":${open.repeat(500_000)}1${close.repeat(500_000)}}`;
    await refused('floats', deep('instances', '[', ']'));
    await refused('floats', deep('inputs', '[', ']'));
    await refused('floats', deep('ignored', '{"a":', '}'));
    await refused('floats', deep('examples', '[', ']'), 'classify');
    expect(await answered('floats', '{"instances":[1]}')).toEqual({ predictions: [1] });
  });
});

describe('answers', () => {
  test('T205: one output is unnamed, several are an object for each row', async () => {
    expect(await answered('grid', '{"instances":[[0.1,0.9],[0.8,0.2]]}')).toEqual({
      predictions: [
        [0.1, 0.9],
        [0.8, 0.2],
      ],
    });
    expect(await answered('pair', '{"inputs":{"a":[0.5,1],"b":[3,4]}}')).toEqual({
      outputs: { a_out: [0.5, 1], b_out: [3, 4] },
    });
  });

  test('T206: rows need a common first dimension, columns do not', async () => {
    await refused('scalar', '{"instances":[1]}');
    await refused('uneven', '{"instances":[1]}');
    expect((await post('scalar', '{"inputs":[1]}')).text).toBe('{"outputs":1.0}');
    expect(await answered('uneven', '{"inputs":[1]}')).toEqual({ outputs: { a: [1, 2], b: [1, 2, 3] } });
  });

  test('T207: no rows are an empty list', async () => {
    expect(await answered('empty', '{"instances":[1]}')).toEqual({ predictions: [] });
  });

  test('T208: strings of an output named …_bytes are base64 objects, others plain', async () => {
    expect(await answered('bytes', '{"instances":["hi"]}')).toEqual({ predictions: [{ b64: 'aGk=' }] });
    expect(await answered('text', '{"instances":["a \\"b\\"\\né"]}')).toEqual({ predictions: ['a "b"\né'] });
  });

  test('T209: numbers are short, whole ones keep a decimal', async () => {
    expect((await post('floats', '{"instances":[5, 9000000, 0.1, 0.3333333333]}')).text).toBe(
      '{"predictions":[5.0,9e+06,0.1,0.333333343]}',
    );
  });

  test('T210: no outputs at all cannot be answered', async () => {
    const world = await httpWorld(); // in front of a fake engine: no network gives nothing
    world.port.hasNoOutputs = true;
    expect((await world.ask('/v1/models/m:predict', { body: '{"instances":[1]}' })).status).toBe(400);
  });
});

describe('classify and regress', () => {
  test('T211: the context is merged into each example, which wins', async () => {
    const body =
      '{"signature_name":"serving_default","context":{"age":1.5},"examples":[{"w":[1.5]},{"w":2.5,"age":[3.5]}]}';
    expect(await answered('sum', body, 'regress')).toEqual({ results: [3, 6] });
  });

  test.each([
    '{}',
    '{"examples":5}',
    '{"examples":[]}',
    '{"examples":[5]}',
    '{"examples":[{"age":[1,2.5],"w":1.5}]}',
    '{"examples":[{"age":[1,"a"],"w":1.5}]}',
    '{"examples":[{"age":[null],"w":1.5}]}',
    '{"examples":[{"age":[[1]],"w":1.5}]}',
  ])('T212: %s is refused', async (body) => {
    await refused('sum', body, 'regress');
    await refused('sum', body, 'classify');
  });

  test('T213: classifications are pairs of label and score, regressions numbers', async () => {
    const score = expect.any(Number);
    const picture = JSON.stringify({ examples: [{ input: Array(28 * 28).fill(0.5) }] });
    expect(await answered('classes', picture, 'classify')).toEqual({
      results: [
        [
          ['cat', score],
          ['dog', score],
        ],
      ],
    });
    const body = '{"examples":[{"x":1.0},{"x":NaN}]}';
    expect(await answered('numbers', body, 'regress')).toEqual({ results: [1, null] });
    const { ask } = await server.listen({ nonFinite: 'bare' });
    expect((await ask('/v1/models/numbers:regress', { body })).text).toBe('{"results":[1.0,NaN]}');
  });
});

describe('around them', () => {
  test('T214: whatever an error says, it is valid JSON', async () => {
    const name = 'say "a"\n\u0001\\';
    expect(await refused('floats', JSON.stringify({ signature_name: name, instances: [1] }))).toContain(name);
    const unknown = await usual.ask(`/v1/models/${encodeURIComponent(name)}`);
    expect(unknown.status).toBe(404);
    expect((unknown.json() as { error: string }).error).toContain(name);
  });

  test('T215: a gzip body is inflated, a broken one refused', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    const body = '{"instances":[1]}';
    expect((await post('floats', gzipSync(body), 'predict', gzip)).text).toBe('{"predictions":[1.0]}');
    for (const wrong of [Buffer.from(body), gzipSync(body).subarray(0, 15)])
      expect((await post('floats', wrong, 'predict', gzip)).status).toBe(400);
  });

  test('T216: with CORS on, a web page may ask and call; without an Origin, OPTIONS is refused', async () => {
    const { ask } = await server.listen({ isCorsEnabled: true });
    const path = '/v1/models/floats:predict';
    const headers = { origin: 'https://example.com' };
    const preflight = await ask(path, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect((await ask(path, { method: 'OPTIONS' })).status).toBe(400);
    const called = await ask(path, { body: '{"instances":[1]}', headers });
    expect([called.text, called.headers['access-control-allow-origin']]).toEqual([
      '{"predictions":[1.0]}',
      '*',
    ]);
    expect((await usual.ask(path, { body: '{"instances":[1]}', headers })).status).toBe(403);
  });
});
