import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EnginePort } from '../../../main/endpoints/engine-port';
import type { Engine } from '../../../main/engine-api';
import { type LocalEndpoints, localEndpoints } from '../../support/local-endpoints';
import { EngineBench, until, untilWords } from '../engine/engine-bench';

let bench: EngineBench;
let engine: Engine;
let port: EnginePort;
let endpoints: LocalEndpoints;

beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2]) await bench.version('digits', version);
  engine = await bench.start({
    models: [
      {
        name: 'digits',
        basePath: bench.path('digits'),
        policy: { kind: 'all' },
        loaded: 'onDemand',
        labels: { stable: 1 },
      },
    ],
  });
  port = new EnginePort(engine);
  endpoints = await localEndpoints(port);
  await until(engine, 'digits', ({ versions }) => versions.length === 2);
});
afterEach(async () => {
  await endpoints.close();
  port.dispose();
  await bench.close();
});

const get = (path: string, body?: string) => endpoints.ask(path, body === undefined ? {} : { body });
const isReadyOverGrpc = async (version = ''): Promise<unknown> =>
  (
    await endpoints.call(
      '/inference.GRPCInferenceService/ModelReady',
      ['inference.ModelReadyRequest', 'inference.ModelReadyResponse'],
      { name: 'digits', version },
    )
  )['ready'];

describe('a model that is loaded on demand, to clients', () => {
  test('is ready before anything of it is loaded, and asking so loads nothing', async () => {
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/v2/health/ready')).status).toBe(200);
    expect((await get('/v2/models/digits/ready')).json()).toMatchObject({ ready: true });
    expect((await get('/v2/models/digits/versions/1/ready')).json()).toMatchObject({ ready: true });
    expect(await isReadyOverGrpc()).toBe(true);
    expect(await isReadyOverGrpc('2')).toBe(true);
    expect((await get('/v1/models/digits')).json()).toMatchObject({
      model_version_status: [
        { version: '2', state: 'START', status: { error_code: 'OK' } },
        { version: '1', state: 'START', status: { error_code: 'OK' } },
      ],
    });
    expect((await get('/v2/repository/index', '{}')).json()).toMatchObject([
      { name: 'digits', version: '2', state: 'READY' },
      { name: 'digits', version: '1', state: 'READY' },
    ]);
    expect(bench.runners.spawned).toBe(0);
  });

  test('is loaded by the first request over each protocol, and by its label', async () => {
    const first = await get('/v1/models/digits:predict', '{"instances":[1]}');
    expect([first.status, first.text]).toEqual([200, 'digits-2']);
    await untilWords(engine, 'digits', '2 available, 1 onDisk');
    expect((await get('/v1/models/digits')).json()).toMatchObject({
      model_version_status: [{ state: 'AVAILABLE' }, { state: 'START' }],
    });
    const labelled = await get('/v1/models/digits/labels/stable:predict', '{"instances":[1]}');
    expect([labelled.status, labelled.text]).toEqual([200, 'digits-1']);
    await engine.models.unload('digits', 2);
    await untilWords(engine, 'digits', '2 unloaded, 1 available');
    const again = await get('/v2/models/digits/versions/2/infer', '{"inputs":[]}');
    expect([again.status, again.text]).toEqual([200, 'digits-2']);
  });

  test('is loaded to describe itself, and through the repository', async () => {
    expect((await get('/v2/models/digits')).json()).toMatchObject({ name: 'digits', versions: ['2', '1'] });
    await untilWords(engine, 'digits', '2 available, 1 onDisk');
    expect((await get('/v2/repository/models/digits/unload', '')).status).toBe(200);
    await untilWords(engine, 'digits', '2 unloaded, 1 onDisk');
    expect((await get('/v2/repository/models/digits/load', '')).status).toBe(200);
    await untilWords(engine, 'digits', '2 available, 1 onDisk');
  });

  test('is not ready once its load has failed, and says why', async () => {
    for (const version of [1, 2]) await bench.version('digits', version, 'bad');
    const failed = await get('/v1/models/digits:predict', '{"instances":[1]}');
    expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('ends early')]);
    await untilWords(engine, 'digits', '2 failed, 1 onDisk');
    expect((await get('/v2/models/digits/versions/2/ready')).status).toBe(503);
    expect((await get('/readyz')).status).toBe(200);
  });
});
