import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SlipwayClient } from '../../../main/client/slipway-client';
import { BatchService } from '../../../main/endpoints/batches/batch-service';
import { EnginePort } from '../../../main/endpoints/engine-port';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { type LocalEndpoints, localEndpoints } from '../../support/local-endpoints';
import { onnxModel } from '../../support/onnx-writer';
import { zipOf } from '../../support/zip';
import { untilWords } from '../engine/engine-bench';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const image = readFileSync(join(samples, 'pictures', 'bag.png'));
const broken = mkdtempSync(join(tmpdir(), 'slipway-broken-'));
const writeBroken = (version: number, content: string | Uint8Array): void => {
  mkdirSync(join(broken, String(version)));
  writeFileSync(join(broken, String(version), 'model.onnx'), content);
};
let engine: Engine;
let port: EnginePort;
let endpoints: LocalEndpoints;
let batches: BatchService;
let uploads: string;
const get = (path: string, body?: string | Uint8Array, headers = {}) =>
  endpoints.ask(path, body === undefined ? {} : { body, headers });

beforeAll(async () => {
  writeBroken(1, '');
  writeBroken(2, onnxModel({ inputs: [], outputs: [], nodes: [] }));
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
      { name: 'broken', basePath: broken, policy: { kind: 'all' } },
    ],
    settings: { stabilityMs: 0 },
  });
  port = new EnginePort(engine);
  uploads = await mkdtemp(join(tmpdir(), 'slipway-uploads-'));
  batches = await BatchService.open({
    jobs: engine.jobs,
    folder: uploads,
    inputRoot: join(samples, 'pictures'),
    mostBytes: 1_000_000,
  });
  endpoints = await localEndpoints(port, { batches, grpc: null });
  await untilWords(engine, 'fashion', '3 available, 2 onDisk, 1 available');
  await untilWords(engine, 'broken', '2 failed, 1 failed');
}, 60_000);
afterAll(async () => {
  await endpoints.close(1_000);
  port.dispose();
  batches.dispose();
  await engine.close();
  await rm(uploads, { recursive: true });
  rmSync(broken, { recursive: true });
});

test('what failed says why and what to do next, and no path of the machine', async () => {
  const status = await get('/v1/models/broken');
  const messages = (
    status.json() as { model_version_status: { status: { error_message: string } }[] }
  ).model_version_status.map((it) => it.status.error_message);
  expect(messages[0]).toMatch(/^The file is an ONNX model, .*populated\.\) See the details /);
  expect(messages[1]).toMatch(/^The file has no content: .* Copy the file again\.$/);
  expect(messages.join()).not.toMatch(/\/tmp|_src|\.cc|::/);
  expect(messages.join()).not.toContain(broken);
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

test('a batch goes up, is answered picture by picture, and is forgotten with its pictures', async () => {
  const client = new SlipwayClient({ url: `http://127.0.0.1:${endpoints.restPort}` });
  const pictures = ['first', 'second'].map((name) => ({ name: `${name} bag.png`, bytes: image }));
  const broken = { name: 'broken.png', bytes: Buffer.from('no picture') };
  const { id } = await client.createBatch('fashion', [...pictures, broken], { versions: [3, 1], top: 1 });
  const results = [];
  for await (const result of client.batchResults(id, { isFollowing: true })) results.push(result);
  expect(results.map(({ index, name }) => [index, name])).toEqual([
    [0, 'first bag.png'],
    [1, 'second bag.png'],
    [2, 'broken.png'],
  ]);
  expect(results[1]).toMatchObject({
    results: [
      { version: 3, classes: [{ label: 'Bag' }] },
      { version: 1, classes: [{ label: 'Bag' }] },
    ],
  });
  expect(results[2]?.results).toEqual([
    { version: 3, error: expect.stringContaining('unsupported') },
    { version: 1, error: expect.stringContaining('unsupported') },
  ]);
  expect(await client.batch(id)).toMatchObject({ state: 'done', progress: { done: 3, total: 3, failed: 1 } });
  expect(await readdir(uploads)).toHaveLength(1);
  await client.deleteBatch(id);
  await expect(client.batch(id)).rejects.toMatchObject({ status: 404 });
  await expect.poll(() => readdir(uploads)).toEqual([]);
});

test('a zip file and a form are taken; what is too large, broken or elsewhere is refused', async () => {
  const zip = zipOf([{ name: 'in/a.png', content: image }]);
  const taken = await get('/v1/batches?model=fashion', zip, { 'content-type': 'application/zip' });
  expect(taken.status).toBe(202);
  const boundary = 'a-boundary-as-long-as-clients-make-them';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="a"; filename="a.png"\r\n\r\n`;
  const form = Buffer.concat([Buffer.from(head), image, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const formed = await get('/v1/batches?model=fashion', form, {
    'content-type': `multipart/form-data; boundary=${boundary}`,
  });
  expect([formed.status, formed.text]).toEqual([202, expect.any(String)]);
  const large = zipOf([{ name: 'a.png', content: new Uint8Array(1_000_001) }]);
  for (const body of [large, 'no zip file', zipOf([])])
    expect((await get('/v1/batches?model=fashion', body, { 'content-type': 'application/zip' })).status).toBe(
      400,
    );
  const inFolder = (folder: string) =>
    get('/v1/batches', JSON.stringify({ model: 'fashion', folder }), { 'content-type': 'application/json' });
  expect((await inFolder('.')).status).toBe(202);
  expect((await inFolder('..')).status).toBe(404);
  for (const { id } of (await get('/v1/batches').then((it) => it.json() as { batches: { id: string }[] }))
    .batches)
    expect((await endpoints.ask(`/v1/batches/${id}`, { method: 'DELETE' })).status).toBe(200);
});
