import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EnginePort } from '../../../main/endpoints/engine-port';
import { type Endpoints, startEndpoints } from '../../../main/endpoints/server';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { ask } from '../../support/http-client';
import { untilWords } from '../engine/engine-bench';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const image = readFileSync(join(samples, 'pictures', 'bag.png'));
let engine: Engine;
let port: EnginePort;
let endpoints: Endpoints;
const get = (path: string, body?: string | Uint8Array, headers = {}) =>
  ask(endpoints.rest?.port ?? 0, path, body === undefined ? {} : { body, headers });

beforeAll(async () => {
  engine = await createEngine({
    spawnRunner: createNodeSpawn(await builtRunner()),
    stateFolder: null,
    samplesFolder: null,
    models: [
      {
        name: 'fashion',
        basePath: join(samples, 'models', 'fashion-mnist'),
        policy: { kind: 'specific', versions: [1, 3] },
      },
    ],
    settings: { stabilityMs: 0 },
  });
  port = new EnginePort(engine);
  endpoints = await startEndpoints({
    port,
    rest: { host: '127.0.0.1', port: 0 },
    grpc: null,
    whenPortIsTaken: 'fail',
    tokens: null,
    tls: null,
    nonFinite: 'null',
    isCorsEnabled: false,
    metricsPath: null,
    hostNames: [],
    version: 'test',
  });
  await untilWords(engine, 'fashion', '3 available, 2 onDisk, 1 available');
}, 60_000);
afterAll(async () => {
  await endpoints.close(1_000);
  port.dispose();
  await engine.close();
});

test('pictures, tensors and status go from the socket to a model and back', async () => {
  const picture = await get('/v1/models/fashion:classify?top=1', image, { 'content-type': 'image/png' });
  expect(picture.json()).toMatchObject({
    model: 'fashion',
    version: 3,
    results: [{ classes: [{ label: 'Bag' }] }],
  });
  const metadata = (await get('/v2/models/fashion')).json() as {
    inputs: { name: string; shape: number[] }[];
    versions: string[];
  };
  expect(metadata.versions).toEqual(['3', '1']);
  const shape = (metadata.inputs[0]?.shape ?? []).map((size) => (size < 0 ? 1 : size));
  const data = new Array(shape.reduce((product, size) => product * size, 1)).fill(0.5);
  const inputs = [{ name: metadata.inputs[0]?.name, shape, datatype: 'FP32', data }];
  const answer = await get('/v2/models/fashion/versions/1/infer', JSON.stringify({ inputs }));
  expect(answer.json()).toMatchObject({ model_version: '1', outputs: [{ shape: [1, 10] }] });
  expect(answer.headers['x-slipway-version']).toBe('1');
  const status = (await get('/v1/models/fashion')).json() as {
    model_version_status: { version: string; state: string }[];
  };
  expect(status.model_version_status.map(({ version, state }) => [version, state])).toEqual([
    ['3', 'AVAILABLE'],
    ['1', 'AVAILABLE'],
  ]);
});

test('a request of many rows is answered whole, whatever number was found to be worth a run', async () => {
  const rows = 200;
  const image = new Array(28 * 28).fill(0.5);
  const examples = await get(
    '/v1/models/fashion:classify',
    JSON.stringify({ examples: new Array(rows).fill({ image }) }),
  );
  const { results } = examples.json() as { results: unknown[] };
  expect([examples.status, results.length]).toEqual([200, rows]);
  const inputs = [{ name: 'image', shape: [rows, 1, 28, 28], datatype: 'FP32', data: [] as number[] }];
  for (let row = 0; row < rows; row++) inputs[0]?.data.push(...image);
  const tensors = await get('/v2/models/fashion/infer', JSON.stringify({ inputs }));
  expect(tensors.json()).toMatchObject({ outputs: [{ shape: [rows, 10] }] });
});

test('what is not there is said in TensorFlow Serving’s words', async () => {
  const body = '{"instances":[1]}';
  expect((await get('/v1/models/other:predict', body)).json()).toEqual({
    error: 'Servable not found for request: Latest(other)',
  });
  const missing = await get('/v1/models/fashion/versions/2:predict', body);
  expect([missing.status, missing.json()]).toEqual([
    404,
    { error: 'Servable not found for request: Specific(fashion, 2)' },
  ]);
  expect((await get('/v1/models/fashion:predict', body)).status).toBe(400);
});
