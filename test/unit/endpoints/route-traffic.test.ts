import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conditionSchema, type Route, routeSchema } from '../../../app/contract/routes';
import { EnginePort } from '../../../main/endpoints/engine-port';
import type { RequestRecord } from '../../../main/endpoints/request-record';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { type LocalEndpoints, localEndpoints } from '../../support/local-endpoints';
import { encode } from '../../support/proto-client';
import { untilWords } from '../engine/engine-bench';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const picture = readFileSync(join(samples, 'pictures', 'bag.png'));
const inferPath = '/inference.GRPCInferenceService/ModelInfer';
const half = 5_000;
const atOnce = 24;

let engine: Engine;
let port: EnginePort;
let endpoints: LocalEndpoints;
let client: Client;
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
const failures: RequestRecord[] = [];

const route: Route = routeSchema.parse({
  name: 'shop',
  arms: [
    { id: 'old', model: 'fashion', version: 1 },
    { id: 'new', model: 'fashion', version: 2 },
  ],
  rules: [
    {
      id: 'testers',
      name: 'Testers',
      when: [conditionSchema.parse({ from: 'header', name: 'x-team', test: 'is', values: ['qa'] })],
      split: [{ arm: 'new', weight: 100 }],
    },
  ],
  split: [
    { arm: 'old', weight: 90 },
    { arm: 'new', weight: 10 },
  ],
  stickyBy: { from: 'header', name: 'x-user' },
  fallback: ['old'],
});

beforeAll(async () => {
  engine = await createEngine({
    spawnRunner: createNodeSpawn(await builtRunner()),
    stateFolder: null,
    samplesFolder: null,
    models: [
      {
        name: 'fashion',
        basePath: join(samples, 'models', 'fashion-mnist'),
        policy: { kind: 'specific', versions: [1, 2] },
      },
    ],
    settings: { stabilityMs: 0 },
  });
  await untilWords(engine, 'fashion', '3 onDisk, 2 available, 1 available');
  await engine.routes.save(route, null);
  port = new EnginePort(engine);
  endpoints = await localEndpoints(port, {
    observe: (record) => {
      if (record.status !== 'OK') failures.push(record);
    },
  });
  client = new Client(endpoints.grpcAddress, credentials.createInsecure());
}, 60_000);
afterAll(async () => {
  agent.destroy();
  client.close();
  await endpoints.close(1_000);
  port.dispose();
  await engine.close();
});

/** What came back: the arm that answered, or what went wrong. */
type Outcome = 'old' | 'new' | `failed: ${string}`;
interface Sent {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

const armOf = (arm: unknown): Outcome => (arm === 'old' || arm === 'new' ? arm : `failed: ${arm}`);

const overHttp = ({ id, headers }: Sent): Promise<Outcome> =>
  new Promise((resolve) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: endpoints.restPort,
        path: '/v1/models/shop:classify?top=1',
        method: 'POST',
        agent,
        headers: {
          ...headers,
          'x-request-id': id,
          'content-type': 'image/png',
          'content-length': picture.length,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          resolve(
            response.statusCode === 200
              ? armOf(response.headers['x-slipway-arm'])
              : `failed: ${response.statusCode}`,
          ),
        );
      },
    );
    sent.on('error', (error) => resolve(`failed: ${error.message}`));
    sent.end(picture);
  });

const tensor = Buffer.from(
  encode('inference.ModelInferRequest', {
    model_name: 'shop',
    inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 1, 28, 28] }],
    raw_input_contents: [new Uint8Array(28 * 28 * 4)],
  }),
);
const asBytes = (bytes: Buffer): Buffer => bytes;

const overGrpc = ({ id, headers }: Sent): Promise<Outcome> =>
  new Promise((resolve) => {
    const metadata = new Metadata();
    metadata.set('x-request-id', id);
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    let arm: unknown;
    client
      .makeUnaryRequest(inferPath, asBytes, asBytes, tensor, metadata, (error) =>
        resolve(error ? `failed: ${error.details}` : armOf(arm)),
      )
      .on('metadata', (came: Metadata) => {
        [arm] = came.get('x-slipway-arm');
      });
  });

/** Half of them over HTTP, half over gRPC; `before` is called ahead of each. */
async function send(requests: readonly Sent[], before: (at: number) => void = () => {}): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    for (let at = next++; at < requests.length; at = next++) {
      before(at);
      const sent = requests[at];
      if (sent) outcomes[at] = await (at % 2 === 0 ? overHttp(sent) : overGrpc(sent));
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  return outcomes;
}

const count = (outcomes: readonly Outcome[], wanted: Outcome): number =>
  outcomes.filter((it) => it === wanted).length;

/** One in twenty is of the team that gets the new version. */
const isTester = (at: number): boolean => at % 20 === 0;

test('ten thousand requests at 90/10 and by audience, the 10 % arm unloaded halfway: none fails', async () => {
  const requests = Array.from(
    { length: 2 * half },
    (_, at): Sent => ({
      id: `traffic-${at}`,
      headers: { 'x-user': `user-${at}`, 'x-team': isTester(at) ? 'qa' : 'sales' },
    }),
  );
  const first = await send(requests.slice(0, half));
  expect(first.filter((it) => it.startsWith('failed'))).toEqual([]);
  const testers = first.filter((_, at) => isTester(at));
  expect(count(testers, 'new')).toBe(testers.length);
  const others = first.filter((_, at) => !isTester(at));
  // Five standard deviations: chance alone leaves it once in two million times.
  const slack = 5 * Math.sqrt(others.length * 0.1 * 0.9);
  expect(Math.abs(count(others, 'new') - others.length * 0.1)).toBeLessThan(slack);

  // What was recorded of them, sent through the same route once more, goes where it went.
  const again = await engine.routes.dryRun(route, 'shop');
  expect(again).toMatchObject({ requests: half, moved: 0, unanswered: 0 });
  expect(again.arms.map(({ arm, before, after }) => [arm, before, after])).toEqual(
    (['old', 'new'] as const).map((arm) => [arm, count(first, arm), count(first, arm)]),
  );

  let unloaded: Promise<unknown> = Promise.resolve();
  const second = await send(requests.slice(half), (at) => {
    if (at === half / 10) unloaded = engine.models.unload('fashion', 2);
  });
  await unloaded;
  expect(second.filter((it) => it.startsWith('failed'))).toEqual([]);
  expect(failures).toEqual([]);
  await untilWords(engine, 'fashion', '3 onDisk, 2 unloaded, 1 available');
  // In flight when it was unloaded, they still got their answer from it; what came afterwards went to the other.
  expect(count(second.slice(0, half / 10), 'new')).toBeGreaterThan(0);
  expect(count(second.slice(half / 2), 'new')).toBe(0);
  const { arms, checks, requests: counted, failed } = await engine.routes.figures('shop', '5min');
  expect([counted, failed]).toEqual([2 * half, 0]);
  expect(arms.map(({ arm, requests: got }) => [arm, got])).toEqual(
    (['old', 'new'] as const).map((arm) => [arm, count(first, arm) + count(second, arm)]),
  );
  expect(arms[0]?.fellBack).toBeGreaterThan(0);
  expect(checks.map(({ isKept }) => isKept)).toEqual([true, true]);
}, 180_000);

test('the same requests go the same ways: in a dry run before a change, and for real after it', async () => {
  await engine.models.load('fashion', 2);
  await untilWords(engine, 'fashion', '3 onDisk, 2 available, 1 available');
  const requests = Array.from(
    { length: 1_000 },
    (_, at): Sent => ({
      id: `change-${at}`,
      // A third has no key, so that its id decides.
      headers: at % 3 === 0 ? {} : { 'x-user': `user-${at % 100}` },
    }),
  );
  const startedAtMs = Date.now();
  await send(requests);
  const changed: Route = {
    ...route,
    split: [
      { arm: 'old', weight: 60 },
      { arm: 'new', weight: 40 },
    ],
  };
  const dry = await engine.routes.dryRun(changed, 'shop', startedAtMs);
  expect(dry).toMatchObject({ requests: 1_000, unanswered: 0 });
  await engine.routes.save(changed, 'shop');
  const real = await send(requests);
  expect(real.filter((it) => it.startsWith('failed'))).toEqual([]);
  expect(dry.arms.map(({ arm, after }) => [arm, after])).toEqual(
    (['old', 'new'] as const).map((arm) => [arm, count(real, arm)]),
  );
}, 120_000);
