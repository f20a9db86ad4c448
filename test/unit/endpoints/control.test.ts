import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { EndpointsState } from '../../../app/contract/endpoints';
import {
  endpointsStateSchema,
  noRequestFigures,
  servedRequestsSchema,
} from '../../../app/contract/endpoints';
import { createEndpointsControl } from '../../../main/endpoints/control';
import { machineAddresses } from '../../../main/endpoints/machine-addresses';
import { RecentRequests } from '../../../main/endpoints/recent-requests';
import { requestExamples } from '../../../main/endpoints/request-examples';
import type { RequestRecord } from '../../../main/endpoints/request-record';
import type { Engine } from '../../../main/engine-api';
import { failureOf } from '../../support/app-errors';
import { FakeClock } from '../../support/fake-clock';
import { ask } from '../../support/http-client';
import { EngineBench, untilWords } from '../engine/engine-bench';

let bench: EngineBench;
let engine: Engine;
beforeEach(async () => {
  bench = await EngineBench.create();
  engine = await bench.start();
});
afterEach(() => bench.close());

async function control(of: Engine = engine) {
  const made = await createEndpointsControl({ engine: of, stateFolder: bench.stateFolder, version: '1' });
  onTestFinished(() => made.close());
  return made;
}

/** A port that is free, or that is taken for as long as the test runs. */
function port(use: 'free' | 'taken'): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const number = typeof address === 'object' && address ? address.port : 0;
      if (use === 'taken') {
        onTestFinished(() => void server.close());
        resolve(number);
      } else server.close(() => resolve(number));
    });
  });
}

/** Asks for the models over a connection that the agent keeps. */
function askOver(agent: Agent, at: number, headers = {}) {
  return new Promise<{ readonly status: number | undefined; readonly socket: Socket }>((resolve, reject) => {
    get({ agent, port: at, host: '127.0.0.1', path: '/v1/models', headers }, (response) => {
      const { statusCode: status, socket } = response; // the response lets go of its socket when it ends
      response.resume().on('end', () => resolve({ status, socket }));
    }).on('error', reject);
  });
}

const isListening = (at: number): Promise<boolean> =>
  ask(at, '/healthz').then(
    ({ status }) => status === 200,
    () => false,
  );

describe('the endpoints of the app', () => {
  test('are off at first', async () => {
    const endpoints = await control();
    expect(endpointsStateSchema.parse(endpoints.state())).toMatchObject({
      status: 'off',
      settings: { isOn: false, reach: 'thisMachine' },
      rest: null,
      grpc: null,
      problem: null,
      tokenCount: 0,
    });
  });

  test('are turned on, moved and turned off, and tell of each step', async () => {
    const endpoints = await control();
    const told: EndpointsState['status'][] = [];
    endpoints.onDidChange(({ status }) => told.push(status));
    const [first, second, grpc] = [await port('free'), await port('free'), await port('free')];
    const on = await endpoints.set({ isOn: true, restPort: first, grpcPort: grpc });
    expect(on).toMatchObject({
      status: 'on',
      rest: { host: '127.0.0.1', port: first, text: `http://127.0.0.1:${first}` },
      grpc: { text: `127.0.0.1:${grpc}` },
    });
    expect(await isListening(first)).toBe(true);
    await endpoints.set({ restPort: second, grpcPort: null });
    expect([await isListening(first), await isListening(second)]).toEqual([false, true]);
    expect(endpoints.state().grpc).toBeNull();
    await endpoints.set({ isOn: false });
    expect(await isListening(second)).toBe(false);
    expect(told).toEqual(['starting', 'on', 'stopping', 'starting', 'on', 'stopping', 'off']);
  });

  test('take the next free port where the wanted one is taken, and say so', async () => {
    const endpoints = await control();
    const taken = await port('taken');
    const state = await endpoints.set({ isOn: true, restPort: taken, grpcPort: null });
    expect(state.settings.restPort).toBe(taken);
    expect(state.rest?.port).toBeGreaterThan(taken);
    expect(await isListening(state.rest?.port ?? 0)).toBe(true);
  });

  test('are on again after a restart, and when the settings are changed elsewhere', async () => {
    const rest = await port('free');
    const first = await control();
    await first.set({ isOn: true, restPort: rest, grpcPort: null });
    await first.close();
    expect(await isListening(rest)).toBe(false);
    await engine.close();
    const again = await bench.start();
    const second = await control(again);
    await expect.poll(() => second.state().status).toBe('on');
    expect(await isListening(rest)).toBe(true);
    await again.settings.set({ endpoints: { ...second.state().settings, isOn: false } });
    await expect.poll(() => isListening(rest)).toBe(false);
  });

  test('show the addresses of this machine where others may call', async () => {
    const made = await createEndpointsControl({
      engine,
      stateFolder: bench.stateFolder,
      version: '1',
      addresses: () => ['192.0.2.7', '198.51.100.9'],
    });
    onTestFinished(() => made.close());
    const rest = await port('free');
    const state = await made.set({ isOn: true, restPort: rest, grpcPort: null, reach: 'network' });
    expect(endpointsStateSchema.parse(state).rest).toEqual({
      host: '0.0.0.0',
      port: rest,
      text: `http://192.0.2.7:${rest}`,
      others: [`http://198.51.100.9:${rest}`, `http://127.0.0.1:${rest}`],
    });
    const local = await made.set({ reach: 'thisMachine' });
    expect(local.rest).toMatchObject({ text: `http://127.0.0.1:${rest}`, others: [] });
    const inner = { address: '127.0.0.1', family: 'IPv4', internal: true } as const;
    const outer = { address: '192.0.2.7', family: 'IPv4', internal: false } as const;
    expect(
      machineAddresses({ lo: [inner], eth0: [outer, { ...outer, address: '169.254.1.1' }] } as never),
    ).toEqual(['192.0.2.7']);
  });

  test('write who changes what to a file, let in or not', async () => {
    const endpoints = await control();
    const rest = await port('free');
    await endpoints.set({ isOn: true, restPort: rest, grpcPort: null, needsToken: true });
    const { token } = await endpoints.createToken('robot', ['read']);
    const headers = { authorization: `Bearer ${token}` };
    await ask(rest, '/v1/models', { headers });
    await ask(rest, '/v2/repository/models/digits/unload', { body: '', headers });
    await endpoints.set({ isOn: false });
    const lines = readFileSync(join(bench.stateFolder, 'audit.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ api: 'RepositoryModelUnload', caller: 'robot', status: 'PERMISSION_DENIED' }),
    ]);
  });

  test('from other machines want a token always; here only when asked to', async () => {
    const endpoints = await control();
    const rest = await port('free');
    await endpoints.set({ isOn: true, restPort: rest, grpcPort: null, reach: 'network' });
    const { id, token } = await endpoints.createToken('robot', ['read']);
    const status = async (headers = {}) => (await ask(rest, '/v1/models', { headers })).status;
    const authorization = `Bearer ${token}`;
    expect([await status(), await status({ authorization })]).toEqual([401, 200]);
    await endpoints.set({ reach: 'thisMachine' });
    expect(await status()).toBe(200);
    await endpoints.set({ needsToken: true });
    expect([await status(), await status({ authorization })]).toEqual([401, 200]);
    expect(endpoints.tokens()).toEqual([
      { id, name: 'robot', scopes: ['read'], createdAtMs: expect.any(Number) },
    ]);
    expect(readFileSync(join(bench.stateFolder, 'tokens.json'), 'utf8')).not.toContain(token);
    await endpoints.revokeToken(id);
    expect(await status({ authorization })).toBe(401);
    expect(endpoints.state().tokenCount).toBe(0);
  });

  test('change who may call for the next request, and close no connection', async () => {
    const endpoints = await control();
    const rest = await port('free');
    await endpoints.set({ isOn: true, restPort: rest, grpcPort: null });
    const told: EndpointsState[] = [];
    endpoints.onDidChange((state) => told.push(state));
    const { token } = await endpoints.createToken('robot', ['read']);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const { socket } = await askOver(agent, rest);
    const status = async (headers = {}) => {
      const { status: answered, socket: used } = await askOver(agent, rest, headers);
      expect(used).toBe(socket);
      return answered;
    };
    const authorization = `Bearer ${token}`;
    const origin = 'https://elsewhere.example';
    expect([await status(), await status({ origin })]).toEqual([200, 403]);
    expect(await endpoints.set({ needsToken: true })).toMatchObject({
      status: 'on',
      settings: { needsToken: true },
    });
    expect([await status(), await status({ authorization })]).toEqual([401, 200]);
    await endpoints.set({ needsToken: false, isCorsEnabled: true });
    expect([await status(), await status({ origin })]).toEqual([200, 200]);
    expect(told.map(({ status: now, settings }) => [now, settings.needsToken])).toEqual([
      ['on', false], // a token was made
      ['on', true],
      ['on', false],
    ]);
  });

  test('with neither HTTP nor gRPC are refused, and stay as they were', async () => {
    const endpoints = await control();
    const failure = await failureOf(() => endpoints.set({ isOn: true, restPort: null, grpcPort: null }));
    expect(failure.code).toBe('INVALID_ARGUMENT');
    expect(endpoints.state()).toMatchObject({ status: 'off', settings: { isOn: false } });
  });

  test('do not open up when the tokens cannot be read', async () => {
    writeFileSync(join(bench.stateFolder, 'tokens.json'), '{"version":1,"tokens":[{');
    expect((await failureOf(() => control())).code).toBe('FAILED_PRECONDITION');
  });

  test('show each request with who asked, and say how to ask a model', async () => {
    await bench.version('digits', 1);
    const { ticket, items } = await engine.models.offer([bench.path('digits')]);
    const [item] = items;
    await engine.models.add(ticket, [{ id: item?.id ?? '', as: 'model', name: 'digits' }]);
    await untilWords(engine, 'digits', '1 available');
    const endpoints = await control();
    const rest = await port('free');
    await endpoints.set({ isOn: true, restPort: rest, grpcPort: null, needsToken: true });
    const { token } = await endpoints.createToken('robot', ['admin']);
    const came = new Promise((resolve) => endpoints.onDidRequest(resolve));
    await ask(rest, '/v1/models/digits', { headers: { authorization: `Bearer ${token}` } });
    await ask(rest, '/v1/models/none:predict', { body: '{}' });
    await came;
    const { requests, figures } = servedRequestsSchema.parse(endpoints.requests());
    expect(requests).toEqual([
      expect.objectContaining({
        number: 1,
        api: 'GetModelStatus',
        model: 'digits',
        status: 'OK',
        caller: 'robot',
      }),
      expect.objectContaining({ number: 2, model: 'none', status: 'UNAUTHENTICATED', caller: null }),
    ]);
    expect(figures).toMatchObject({ total: 1, failed: 1 });
    const { curl, python, typescript } = await endpoints.examples('digits');
    for (const text of [curl, python, typescript]) {
      expect(text).toContain(`http://127.0.0.1:${rest}/v1/models/digits`);
      expect(text).toContain('SLIPWAY_TOKEN');
    }
    expect((await endpoints.examples('digits', 1)).curl).toContain(`:${rest}/v1/models/digits/versions/1:`);
    expect((await failureOf(() => endpoints.examples('none', 1))).code).toBe('MODEL_NOT_FOUND');
    expect((await failureOf(() => endpoints.examples('none'))).code).toBe('MODEL_NOT_FOUND');
  });
});

describe('the last requests', () => {
  /** Quantiles hold within 4 %. */
  const near = (ms: number) =>
    expect.toSatisfy((value) => typeof value === 'number' && Math.abs(value / ms - 1) <= 0.04);
  const record: RequestRecord = {
    requestId: 'r',
    entrypoint: 'REST',
    path: 'POST /v1/models/m:predict',
    httpStatus: 200,
    api: 'Predict',
    scope: 'infer',
    caller: null,
    model: 'm',
    version: 1,
    status: 'OK',
    startedAtMs: 0,
    durationMs: 1,
    routed: null,
    attributes: null,
    timingsMs: null,
    exampleCount: 1,
    requestBytes: 1,
    responseBytes: 1,
    exchange: null,
  };

  test('are two hundred, told in groups, with rates by the second', async () => {
    const clock = new FakeClock(1_000_000);
    const recent = new RecentRequests(clock);
    const told: number[] = [];
    recent.onDidCome(({ requests }) => told.push(requests.length));
    for (let number = 1; number <= 300; number++)
      recent.observe({ ...record, durationMs: number, status: number % 3 === 0 ? 'INTERNAL' : 'OK' });
    await clock.advance(400);
    expect(told).toEqual([200]);
    await clock.advance(2_000);
    recent.observe(record);
    await clock.advance(400);
    expect(told).toEqual([200, 1]);
    const { requests, figures } = recent.all();
    expect([requests.length, requests[0]?.number, requests.at(-1)?.number]).toEqual([200, 102, 301]);
    expect([figures.total, figures.failed]).toEqual([301, 100]);
    recent.observe({ ...record, scope: null, durationMs: 0 }); // a probe is in the list, and in no figure
    expect(recent.all().requests.at(-1)?.number).toBe(302);
    expect(recent.all().figures).toMatchObject({ total: 301, p50Ms: figures.p50Ms });
    expect(figures.perSecond.filter((count) => count > 0)).toEqual([300, 1]);
    expect(figures.perSecond).toHaveLength(60);
    expect(figures.p50Ms).toBeGreaterThan(140);
    expect(figures.p95Ms).toBeGreaterThan(figures.p50Ms ?? 0);
    await clock.advance(61_000);
    expect(recent.all().figures.perSecond.every((count) => count === 0)).toBe(true);
    recent.dispose();
  });

  test('are counted by the second and by the model that was called', async () => {
    const clock = new FakeClock(1_000_000);
    const recent = new RecentRequests(clock);
    const ask = (model: string, count: number, differences: Partial<RequestRecord> = {}): void => {
      for (let at = 0; at < count; at++) recent.observe({ ...record, model, ...differences });
    };
    ask('often', 40, { durationMs: 10 });
    ask('seldom', 5, { durationMs: 2 });
    ask('seldom', 3, { status: 'UNAVAILABLE', version: null });
    ask('no such model', 7, { status: 'NOT_FOUND', version: null });
    await clock.advance(1_000);
    ask('often', 20, { durationMs: 50 });
    await clock.advance(1_000);
    const { figures } = recent.all();
    expect(figures.perSecond.slice(-3)).toEqual([55, 20, 0]);
    expect(figures.failedPerSecond.slice(-3)).toEqual([10, 0, 0]);
    expect(figures.p95PerSecond.slice(-3)).toEqual([near(10), near(50), null]);
    expect([figures.p50Ms, figures.p95Ms]).toEqual([near(10), near(50)]);
    expect(figures.models).toEqual([
      { model: 'often', total: 60, failed: 0, requestsPerSecond: 6, p50Ms: near(10), p95Ms: near(50) },
      { model: 'seldom', total: 8, failed: 3, requestsPerSecond: 0.8, p50Ms: near(2), p95Ms: near(2) },
    ]);
    await clock.advance(60_000);
    expect(recent.all().figures.models[0]).toMatchObject({ total: 60, requestsPerSecond: 0, p95Ms: null });
    await clock.advance(240_000);
    expect(recent.all().figures).toMatchObject({ total: 0, failed: 0, models: [] });
    recent.dispose();
  });

  test('of very many names keep those that were called last', () => {
    const recent = new RecentRequests(new FakeClock(1_000_000));
    for (let name = 0; name < 500; name++)
      for (let at = 0; at <= 500 - name; at++) recent.observe({ ...record, model: `m${name}` });
    const { models } = recent.all().figures;
    expect(models).toHaveLength(20);
    expect(models[0]).toMatchObject({ model: 'm300', total: 201 });
    recent.dispose();
  });

  test('are kept with their bodies as far as there is room, the newest first', () => {
    const recent = new RecentRequests(new FakeClock());
    const observe = (request: Uint8Array, differences: Partial<RequestRecord> = {}): void =>
      recent.observe({
        ...record,
        exchange: {
          codec: 'image',
          params: { method: 'classify', contentType: 'image/png' },
          request,
          response: Buffer.from(`{"results":[${'0,'.repeat(3_000)}0]}`),
        },
        ...differences,
      });
    observe(Buffer.alloc(20 * 2 ** 20, 1));
    expect(recent.picture(1)).toHaveLength(20 * 2 ** 20);
    expect(recent.detail(1)).toMatchObject({ codec: 'image', hasPicture: true, request: null });
    expect(recent.detail(1)?.answer).toMatchObject({
      isCut: true,
      text: expect.stringMatching(/^\{"results":\[0,0/),
    });
    observe(Buffer.alloc(20 * 2 ** 20, 2));
    expect([recent.picture(1), recent.detail(1)?.hasPicture]).toEqual([null, false]);
    expect(recent.picture(2)?.[0]).toBe(2);
    const json = {
      codec: 'tfs-json',
      params: { method: 'predict' },
      request: Buffer.from('{}'),
      response: null,
    } as const;
    observe(Buffer.of(), { exchange: json });
    expect(recent.detail(3)).toMatchObject({
      request: { text: '{}', isCut: false },
      answer: null,
      hasPicture: false,
    });
    for (let number = 4; number <= 202; number++) recent.observe(record);
    expect([recent.detail(2), recent.detail(3)?.codec, recent.detail(203)]).toEqual([null, 'tfs-json', null]);
  });

  test('are none before the first', () => {
    const recent = new RecentRequests(new FakeClock());
    expect(recent.all()).toEqual({
      requests: [],
      figures: {
        ...noRequestFigures,
        perSecond: Array(60).fill(0),
        failedPerSecond: Array(60).fill(0),
        p95PerSecond: Array(60).fill(null),
      },
    });
  });
});

describe('the examples', () => {
  const notClassifier = { reason: 'notInputShape', params: {} } as const;

  test('give a tensor its name and shape, and a name that would break out stays in its quotes', () => {
    const { curl, typescript, python } = requestExamples({
      model: "it's",
      description: {
        notClassifier: notClassifier as never,
        inputs: [{ name: 'tokens\n', dtype: 'int64', shape: ['batch', 8] }],
      },
      url: 'http://127.0.0.1:1',
      needsToken: false,
    });
    expect(curl).toContain(`'http://127.0.0.1:1/v1/models/it'\\''s:predict'`);
    expect(curl).toContain(`--data '{"inputs": {"tokens\\n": [[0, 0, 0, 0, 0, 0, 0, 0]]}}'`);
    expect(typescript).toContain('const input0 = [[0, 0, 0, 0, 0, 0, 0, 0]]; // tokens : batch × 8, int64\n');
    expect(python).toContain('json={"inputs": {"tokens\\n": input0}}');
    expect([curl, typescript, python].some((text) => text.includes('SLIPWAY_TOKEN'))).toBe(false);
  });

  test('make a large tensor, and say what is in the file that curl sends', () => {
    const { curl, typescript, python } = requestExamples({
      model: 'm',
      description: {
        notClassifier: notClassifier as never,
        inputs: [
          { name: 'x', dtype: 'float32', shape: ['batch', 3, 224, 224] },
          { name: 'isNew', dtype: 'bool', shape: [2] },
        ],
      },
      url: 'http://127.0.0.1:1',
      needsToken: true,
    });
    expect(curl).toContain('# x: batch × 3 × 224 × 224, float32\n');
    expect(curl).toContain('{"inputs": {"x": filled(0, 1, 3, 224, 224), "isNew": [False, False]}}');
    expect(python).toContain('input0 = filled(0, 1, 3, 224, 224)  # x');
    expect(typescript).toContain('const input1 = [false, false]; // isNew: 2, bool\n');
  });

  test('of TypeScript make a tensor of the right shape', () => {
    const { typescript } = requestExamples({
      model: 'm',
      description: {
        notClassifier: notClassifier as never,
        inputs: [{ name: 'x', dtype: 'float32', shape: [2, 3, 5] }],
      },
      url: 'http://127.0.0.1:1',
      needsToken: false,
    });
    const script = typescript
      .slice(0, typescript.indexOf('const answer'))
      .replace(/: (unknown|number\[\])/g, '');
    const made: unknown = new Function(`${script}; return input0;`)();
    expect(made).toEqual(Array(2).fill(Array(3).fill(Array(5).fill(0))));
  });
});
