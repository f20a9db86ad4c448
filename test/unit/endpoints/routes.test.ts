import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { routeSchema } from '../../../app/contract/routes';
import { TokenStore } from '../../../main/endpoints/auth/token-store';
import { EnginePort } from '../../../main/endpoints/engine-port';
import type { RequestRecord } from '../../../main/endpoints/request-record';
import type { Engine } from '../../../main/engine-api';
import type { HttpAsk } from '../../support/http-client';
import { type LocalEndpoints, localEndpoints } from '../../support/local-endpoints';
import { decode, encode } from '../../support/proto-client';
import { EngineBench, untilWords } from '../engine/engine-bench';

let bench: EngineBench;
let engine: Engine;
let port: EnginePort;
let endpoints: LocalEndpoints;
const records: RequestRecord[] = [];

/** What comes soon, on a machine that is busy with much else. */
const patience = { timeout: 15_000, interval: 20 };
const shop = {
  arms: [
    { id: 'v1', model: 'clothes', version: 1 },
    { id: 'v2', model: 'clothes', label: 'new' },
  ],
  rules: [
    {
      id: 'testers',
      name: 'Testers',
      when: [{ from: 'header', name: 'x-team', test: 'is', values: ['qa'] }],
      split: [{ arm: 'v2', weight: 100 }],
    },
  ],
  split: [{ arm: 'v1', weight: 100 }],
  fallback: ['v1'],
};

beforeEach(async () => {
  bench = await EngineBench.create();
  await bench.version('clothes', 1, 'shirt');
  await bench.version('clothes', 2, 'coat');
  engine = await bench.start({
    models: [
      { name: 'clothes', basePath: bench.path('clothes'), policy: { kind: 'all' }, labels: { new: 2 } },
    ],
  });
  await untilWords(engine, 'clothes', '2 available, 1 available');
  records.length = 0;
  port = new EnginePort(engine);
});
afterEach(async () => {
  await endpoints.close();
  port.dispose();
  await bench.close();
});

async function serve(tokens: TokenStore | null = null): Promise<void> {
  endpoints = await localEndpoints(port, {
    tokens,
    metricsPath: '/metrics',
    observe: (record) => records.push(record),
  });
}

const send = async (path: string, { body, ...request }: Omit<HttpAsk, 'body'> & { body?: unknown } = {}) => {
  const answer = await endpoints.ask(path, {
    ...request,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, text: answer.text, json: answer.json };
};
const put = (body: unknown = shop, name = 'shop') => send(`/v1/routes/${name}`, { method: 'PUT', body });
const predict = (headers: Readonly<Record<string, string>> = {}, at = 'shop') =>
  send(`/v1/models/${at}:predict`, { body: { instances: [1] }, headers });

describe('routes over HTTP', () => {
  beforeEach(() => serve());

  test('are made, read, changed and removed', async () => {
    expect((await put()).json()).toMatchObject({ route: { name: 'shop', stickyBy: null }, problems: [] });
    expect((await send('/v1/routes')).json()).toMatchObject({ routes: [{ route: { name: 'shop' } }] });
    await put({ ...shop, stickyBy: { from: 'header', name: 'x-user' } });
    expect((await send('/v1/routes/shop?window=1h')).json()).toMatchObject({
      route: { stickyBy: { from: 'header', name: 'x-user' } },
      arms: [
        { arm: 'v1', state: 'available', model: 'clothes', version: 1 },
        { arm: 'v2', state: 'available', model: 'clothes', version: 2 },
      ],
      figures: { requests: 0, series: { stepMs: 120_000 } },
    });
    expect((await send('/v1/routes/shop', { method: 'DELETE' })).status).toBe(200);
    expect((await send('/v1/routes/shop')).status).toBe(404);
    expect((await send('/v1/routes/shop', { method: 'DELETE' })).status).toBe(404);
  });

  test('that are not right are refused with every problem and its place', async () => {
    const wrong = await put({ ...shop, split: [{ arm: 'v9', weight: 90 }] });
    expect([wrong.status, wrong.json()]).toEqual([
      400,
      {
        error: 'split[0].arm: There is no arm v9.; split: The shares sum to 90 %, not to 100 %.',
        problems: expect.arrayContaining([
          { code: 'weightsSum', severity: 'error', place: ['split'], params: { sum: '90' } },
        ]),
      },
    ]);
    const strange = await put({ ...shop, arm: 1 });
    expect([strange.status, strange.text]).toEqual([400, expect.stringContaining('arm')]);
    expect((await put(shop, 'clothes')).status).toBe(409);
    expect((await put({ ...shop, name: 'other' })).status).toBe(400);
    for (const [method, path] of [
      ['POST', '/v1/routes'],
      ['GET', '/v1/routes/shop:feedback'],
      ['PUT', '/v1/routes/shop:dryRun'],
      ['PATCH', '/v1/routes/shop'],
      ['GET', '/v1/routes/%ff'],
    ] as const)
      expect((await send(path, { method })).status, `${method} ${path}`).toBe(400);
  });

  test('are called like models; the answer names route, arm, model and version', async () => {
    await put();
    const answer = await predict({ 'X-Team': 'qa' });
    expect([answer.status, answer.text]).toEqual([200, 'coat']);
    expect(answer.headers).toMatchObject({
      'x-slipway-route': 'shop',
      'x-slipway-arm': 'v2',
      'x-slipway-model': 'clothes',
      'x-slipway-version': '2',
    });
    expect((await predict()).text).toBe('shirt');
    const infer = await send('/v2/models/shop/infer', { body: {}, headers: { 'x-team': 'qa' } });
    expect([infer.text, infer.headers['x-slipway-arm']]).toEqual(['coat', 'v2']);
    const plain = await predict({}, 'clothes');
    expect(plain.headers['x-slipway-route']).toBeUndefined();
    expect([plain.headers['x-slipway-model'], plain.headers['x-slipway-version']]).toEqual(['clothes', '2']);
    expect(records.at(-2)).toMatchObject({
      model: 'shop',
      version: 2,
      routed: { arm: 'v2', rule: 'testers' },
    });
  });

  test('a client that names a version or a label gets exactly that', async () => {
    await put();
    expect((await predict({}, 'shop/versions/2')).text).toBe('coat');
    expect((await predict({}, 'shop/labels/new')).text).toBe('coat');
    const missing = await predict({}, 'shop/versions/7');
    expect([missing.status, missing.json()]).toEqual([
      404,
      { error: 'No arm of the route shop leads to version 7' },
    ]);
  });

  test('a failure names the arm as well', async () => {
    await put({ ...shop, fallback: [] });
    await engine.models.unload('clothes', 1);
    await untilWords(engine, 'clothes', '2 available, 1 unloaded');
    const failed = await predict();
    expect(failed.status).toBe(404);
    expect(failed.headers).toMatchObject({ 'x-slipway-route': 'shop', 'x-slipway-arm': 'v1' });
  });

  test('are listed among the models, with the versions that they lead to', async () => {
    await put();
    await expect.poll(() => port.model('shop')?.versions.length, patience).toBe(2);
    const { models } = (await send('/v1/models')).json() as { models: { name: string; labels: unknown }[] };
    expect(models.map(({ name, labels }) => [name, labels])).toEqual([
      ['clothes', { new: '2' }],
      ['shop', { new: '2' }],
    ]);
    expect((await send('/v1/models/shop')).json()).toMatchObject({
      model_version_status: [
        { version: '2', state: 'AVAILABLE' },
        { version: '1', state: 'AVAILABLE' },
      ],
    });
    expect((await send('/v1/models/shop/metadata')).status).toBe(200);
    expect((await send('/v2/models/shop/ready')).status).toBe(200);
    expect((await send('/v2/models/shop')).json()).toMatchObject({ name: 'shop', versions: ['2', '1'] });
    const index = (await send('/v2/repository/index', { method: 'POST' })).json() as { name: string }[];
    expect(index.map(({ name }) => name)).toEqual(['clothes', 'clothes', 'shop', 'shop']);
    const load = await send('/v2/repository/models/shop/unload', { method: 'POST' });
    expect([load.status, load.text]).toEqual([400, expect.stringContaining('is a route')]);
  });

  test('a dry run tells who would go where, on what came or on what is sent along', async () => {
    await put();
    for (let at = 0; at < 5; at++) await predict(at < 2 ? { 'x-team': 'qa' } : {});
    const draft = { ...shop, rules: [] };
    const dry = await send('/v1/routes/shop:dryRun', { body: { route: draft } });
    expect(dry.json()).toMatchObject({
      requests: 5,
      moved: 2,
      arms: [
        { arm: 'v1', before: 3, after: 5 },
        { arm: 'v2', before: 2, after: 0 },
      ],
      problems: [{ code: 'armUnused' }],
    });
    const requests = [{ requestId: 'a', headers: { 'x-team': 'qa' } }, { requestId: 'b' }];
    const sent = await send('/v1/routes/shop:dryRun', { body: { requests } });
    expect(sent.json()).toMatchObject({
      arms: [
        { arm: 'v1', after: 1 },
        { arm: 'v2', after: 1 },
      ],
    });
    expect((await send('/v1/routes/none:dryRun', { body: {} })).status).toBe(404);
    expect((await send('/v1/routes/none:dryRun', { body: { route: shop, requests } })).json()).toMatchObject({
      requests: 2,
    });
  });

  test('feedback is given by the id of the answer', async () => {
    await put();
    const id = (await predict()).headers['x-request-id'];
    const feedback = (body: unknown) => send('/v1/routes/shop:feedback', { body });
    expect((await feedback({ requestId: id, outcome: 'wrong' })).status).toBe(200);
    const { figures } = (await send('/v1/routes/shop')).json() as { figures: { arms: unknown[] } };
    expect(figures.arms[0]).toMatchObject({ arm: 'v1', outcomes: { right: 0, wrong: 1 } });
    expect((await feedback({ requestId: 'none', outcome: 'wrong' })).status).toBe(404);
    expect((await feedback({ requestId: id, outcome: 'maybe' })).status).toBe(400);
    expect((await feedback({ requestId: id, outcome: null })).status).toBe(200);
    const both = await feedback({ requestId: id, outcome: 'right', label: 'shirt' });
    expect([both.status, both.text]).toEqual([400, expect.stringContaining('either outcome or label')]);
  });

  test('feedback on many answers comes in one call, which says what was not taken', async () => {
    await put();
    const ids = [(await predict()).headers['x-request-id'], (await predict()).headers['x-request-id']];
    const feedback = (outcomes: unknown) => send('/v1/routes/shop:feedback', { body: { outcomes } });
    const answer = await feedback([
      ...ids.map((requestId) => ({ requestId, outcome: 'right' })),
      { requestId: 'none', outcome: 'wrong' },
    ]);
    expect([answer.status, answer.json()]).toEqual([
      200,
      {
        taken: 2,
        refused: [{ requestId: 'none', error: 'shop has answered no request none, or too long ago' }],
      },
    ]);
    const { figures } = (await send('/v1/routes/shop')).json() as { figures: { arms: unknown[] } };
    expect(figures.arms[0]).toMatchObject({ arm: 'v1', outcomes: { right: 2, wrong: 0 } });
    for (const wrong of [[], Array(1_001).fill({ requestId: 'x', outcome: null }), [{ requestId: 'x' }], 'x'])
      expect((await feedback(wrong)).status).toBe(400);
  });

  test('an arm is stopped and started in one call', async () => {
    await put();
    const stop = (verb: string, arm: string) => send(`/v1/routes/shop:${verb}`, { body: { arm } });
    expect((await stop('stop', 'v2')).status).toBe(200);
    expect((await predict({ 'x-team': 'qa' })).text).toBe('shirt');
    expect((await stop('start', 'v2')).status).toBe(200);
    expect((await predict({ 'x-team': 'qa' })).text).toBe('coat');
    expect((await stop('stop', 'v9')).status).toBe(400);
  });

  test('metrics count by route and arm, and models by what answered', async () => {
    await put({ ...shop, shadow: { arm: 'v2', percent: 100 } });
    await predict({ 'x-team': 'qa' });
    await predict();
    await expect
      .poll(async () => (await send('/metrics')).text, patience)
      .toContain('slipway_route_copies{route="shop",arm="v2",outcome="differed"} 1');
    const { text } = await send('/metrics');
    for (const line of [
      'slipway_route_requests_total{route="shop",arm="v2",rule="testers",reason="split",status="OK"} 1',
      'slipway_route_requests_total{route="shop",arm="v1",rule="",reason="split",status="OK"} 1',
      'slipway_route_latency_microseconds_count{route="shop",arm="v1"} 1',
      'slipway_route_weight{route="shop",arm="v1"} 100',
      'slipway_route_arm_available{route="shop",arm="v2"} 1',
      'slipway_requests_total{model="clothes",version="2",status="OK"} 1',
      ':tensorflow:serving:request_count{model_name="shop",status="OK"} 3',
    ])
      expect(text).toContain(line);
    expect(text).not.toContain('slipway_version_available{model="shop"');
    await send('/v1/routes/shop', { method: 'DELETE' });
    expect((await send('/metrics')).text).not.toContain('slipway_route_weight{');
  });

  test('a name of any letters fits a header', async () => {
    await put(shop, encodeURIComponent('größe'));
    expect((await predict({}, encodeURIComponent('größe'))).headers['x-slipway-route']).toBe(
      'gr%C3%B6%C3%9Fe',
    );
  });
});

test('what changes routes needs a token with admin, what tells of them read, feedback infer', async () => {
  const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
  const made = { admin: '', read: '', infer: '' };
  for (const scope of ['admin', 'read', 'infer'] as const)
    made[scope] = (await tokens.create(scope, [scope], 0)).token;
  await serve(tokens);
  const as = (scope: 'admin' | 'read' | 'infer') => ({ authorization: `Bearer ${made[scope]}` });
  const tries = [
    ['PUT', '/v1/routes/shop', 'admin', shop],
    ['GET', '/v1/routes', 'read', undefined],
    ['POST', '/v1/routes/shop:dryRun', 'read', {}],
    ['POST', '/v1/routes/shop:stop', 'admin', { arm: 'v1' }],
    ['POST', '/v1/routes/shop:feedback', 'infer', { requestId: 'x', outcome: 'right' }],
    ['DELETE', '/v1/routes/shop', 'admin', undefined],
  ] as const;
  for (const [method, path, needed, body] of tries)
    for (const scope of ['infer', 'read', 'admin'] as const) {
      const { status } = await send(path, { method, headers: as(scope), ...(body ? { body } : {}) });
      const isAllowed = scope === needed || scope === 'admin';
      expect(status === 403, `${method} ${path} as ${scope}`).toBe(!isAllowed);
    }
});

test('an audience may be a client’s token', async () => {
  const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
  const { token } = await tokens.create('lab', ['infer'], 0);
  const { token: other } = await tokens.create('shop floor', ['infer'], 0);
  await serve(tokens);
  const when = [{ from: 'token' as const, name: '', test: 'is' as const, values: ['lab'] }];
  const [rule] = shop.rules;
  await engine.routes.save(
    routeSchema.parse({
      ...shop,
      name: 'shop',
      rules: [{ ...rule, when }],
    }),
    null,
  );
  expect((await predict({ authorization: `Bearer ${token}` })).text).toBe('coat');
  expect((await predict({ authorization: `Bearer ${other}` })).text).toBe('shirt');
});

describe('routes over gRPC', () => {
  const asBytes = (bytes: Buffer): Buffer => bytes;
  let client: Client;
  beforeEach(async () => {
    await serve();
    client = new Client(endpoints.grpcAddress, credentials.createInsecure());
    await put();
  });
  afterEach(() => client.close());

  const call = (path: string, body: Uint8Array, headers: Readonly<Record<string, string>>) =>
    new Promise<{ text: string; metadata: Record<string, unknown> }>((resolve, reject) => {
      const metadata = new Metadata();
      for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
      let marks: Record<string, unknown> = {};
      client
        .makeUnaryRequest(path, asBytes, asBytes, Buffer.from(body), metadata, (error, answer) =>
          error || !answer ? reject(error) : resolve({ text: answer.toString(), metadata: marks }),
        )
        .on('metadata', (came: Metadata) => {
          marks = came.getMap();
        });
    });

  test('are called by both services; metadata names route, arm, model, version and the id for feedback', async () => {
    const predictBody = encode('tensorflow.serving.PredictRequest', { model_spec: { name: 'shop' } });
    const inferBody = encode('inference.ModelInferRequest', { model_name: 'shop' });
    for (const [path, body] of [
      ['/tensorflow.serving.PredictionService/Predict', predictBody],
      ['/inference.GRPCInferenceService/ModelInfer', inferBody],
    ] as const) {
      const { text, metadata } = await call(path, body, { 'x-team': 'qa', 'x-request-id': 'mine' });
      expect(text).toBe('coat');
      expect(metadata).toMatchObject({
        'x-slipway-route': 'shop',
        'x-slipway-arm': 'v2',
        'x-slipway-model': 'clothes',
        'x-slipway-version': '2',
        'x-request-id': 'mine',
      });
    }
    expect((await call('/inference.GRPCInferenceService/ModelInfer', inferBody, {})).text).toBe('shirt');
  });

  test('parameters of a request decide without its tensors being read', async () => {
    const when = [{ from: 'parameter', name: 'tier', test: 'atLeast', values: ['2'] }];
    await put({ ...shop, rules: [{ ...shop.rules[0], when }] });
    const infer = (tier: number) =>
      call(
        '/inference.GRPCInferenceService/ModelInfer',
        encode('inference.ModelInferRequest', {
          model_name: 'shop',
          parameters: { tier: { int64_param: tier } },
          raw_input_contents: [new Uint8Array(64)],
        }),
        {},
      );
    expect((await infer(1)).text).toBe('shirt');
    expect((await infer(3)).text).toBe('coat');
  });

  test('a failure names the arm, and status and readiness are those of what it leads to', async () => {
    await put({ ...shop, fallback: [] });
    await engine.models.unload('clothes', 1);
    await untilWords(engine, 'clothes', '2 available, 1 unloaded');
    const body = encode('inference.ModelInferRequest', { model_name: 'shop' });
    const failure = await call('/inference.GRPCInferenceService/ModelInfer', body, {}).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 5 });
    const status = await new Promise<Buffer | undefined>((resolve) =>
      client.makeUnaryRequest(
        '/tensorflow.serving.ModelService/GetModelStatus',
        asBytes,
        asBytes,
        Buffer.from(encode('tensorflow.serving.GetModelStatusRequest', { model_spec: { name: 'shop' } })),
        (_error, answer) => resolve(answer),
      ),
    );
    expect(decode('tensorflow.serving.GetModelStatusResponse', status ?? Buffer.alloc(0))).toMatchObject({
      model_version_status: [{ version: '2', state: 'AVAILABLE' }],
    });
  });
});
