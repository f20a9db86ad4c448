import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EnginePort } from '../../../main/endpoints/engine-port';
import type { Engine } from '../../../main/engine-api';
import { type LocalEndpoints, localEndpoints } from '../../support/local-endpoints';
import { EngineBench, untilWords } from '../engine/engine-bench';

let bench: EngineBench;
let engine: Engine;
let port: EnginePort;
let endpoints: LocalEndpoints;

beforeEach(async () => {
  bench = await EngineBench.create();
  for (const [model, content] of [
    ['good', 'slow'],
    ['broken', 'bad'],
  ] as const)
    await bench.version(model, 1, content);
  engine = await bench.start({
    models: ['good', 'broken'].map((name) => ({
      name,
      basePath: bench.path(name),
      policy: { kind: 'specific', versions: [] },
    })),
  });
  port = new EnginePort(engine);
  endpoints = await localEndpoints(port);
  for (const name of ['good', 'broken']) await untilWords(engine, name, '1 onDisk');
});
afterEach(async () => {
  await endpoints.close();
  port.dispose();
  await bench.close();
});

const overRest = (model: string) => endpoints.ask(`/v2/repository/models/${model}/load`, { body: '' });
const overGrpc = (model: string) =>
  endpoints.call(
    '/inference.GRPCInferenceService/RepositoryModelLoad',
    ['inference.RepositoryModelLoadRequest', 'inference.RepositoryModelLoadResponse'],
    { model_name: model },
  );

/** Asks for the load, and checks that the answer comes with the version and not before it. */
async function loadsWhenReleased(load: () => Promise<unknown>): Promise<void> {
  let isAnswered = false;
  const answer = load().then((it) => {
    isAnswered = true;
    return it;
  });
  await untilWords(engine, 'good', '1 loading');
  expect((await endpoints.ask('/v2/models/good/ready')).status).toBe(503);
  expect(isAnswered).toBe(false);
  bench.runners.release();
  await answer;
  expect((await endpoints.ask('/v2/models/good/ready')).status).toBe(200);
}

describe('loading a model is answered', () => {
  test('over HTTP when it answers, and at once when it does already', async () => {
    await loadsWhenReleased(async () => expect((await overRest('good')).status).toBe(200));
    expect((await overRest('good')).status).toBe(200);
  });

  test('over gRPC when it answers', async () => {
    await loadsWhenReleased(() => overGrpc('good'));
  });

  test('with why it failed, each time it is asked', async () => {
    for (let time = 0; time < 2; time++) {
      const { status, text } = await overRest('broken');
      expect([status, JSON.parse(text)]).toEqual([
        400,
        {
          error: expect.stringMatching(/^failed to load 'broken', version 1: The file ends .*\(ends early\)/),
        },
      ]);
    }
    await expect(overGrpc('broken')).rejects.toMatchObject({
      details: expect.stringMatching(/^failed to load 'broken', version 1: The file ends .*\(ends early\)/),
    });
    await bench.version('broken', 1, 'mended');
    await engine.models.rescan('broken');
    expect((await overRest('broken')).status).toBe(200);
  });

  test('when somebody unloads it meanwhile', async () => {
    const answer = overRest('good');
    await untilWords(engine, 'good', '1 loading');
    await engine.models.unload('good', 1);
    bench.runners.release();
    expect((await answer).status).toBe(409);
  });
});
