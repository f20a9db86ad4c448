import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InferenceServable } from '../../../main/platforms/inference-servable';
import type { RunnerLoader } from '../../../main/platforms/runner-loader';
import type { InferInput } from '../../../main/runner/codecs/infer';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { classifierModel } from '../../support/onnx-classifiers';
import { onnxLoader } from '../../support/onnx-loader';
import { onnxModel } from '../../support/onnx-writer';
import { temporaryFolder } from '../../support/temp-folder';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const picturesFolder = join(samples, 'pictures');

describe('a client request through a real runner', () => {
  let loader: RunnerLoader;
  let servable: InferenceServable;

  beforeAll(async () => {
    const entry = await builtRunner();
    loader = onnxLoader(
      { spawnRunner: createNodeSpawn(entry) },
      join(samples, 'models', 'fashion-mnist', '1'),
    );
    await loader.load({
      servableId: { name: 'fashion-mnist', version: 1 },
      signal: new AbortController().signal,
    });
    const loaded = loader.servable();
    if (!loaded) throw new Error('The sample did not load');
    servable = loaded;
  }, 60_000);
  afterAll(() => loader.unload());

  const infer = async (request: Pick<InferInput, 'codec' | 'body' | 'params'>) => {
    const answer = await servable.infer(request);
    return JSON.parse(Buffer.from(answer.bytes).toString());
  };

  test('pixels in JSON are answered with as many probabilities as there are classes', async () => {
    const { inputs } = await servable.describe();
    const [input] = inputs;
    const size = (input?.shape ?? []).slice(1).reduce<number>((product, part) => product * Number(part), 1);
    const flat = Array.from({ length: size }, (_, index) => (index % 7) / 7);
    const nest = (shape: readonly (number | string)[], at: number): unknown => {
      const [length, ...rest] = shape;
      if (length === undefined) return flat[at];
      const stride = rest.reduce<number>((product, part) => product * Number(part), 1);
      return Array.from({ length: Number(length) }, (_, index) => nest(rest, at + index * stride));
    };
    const row = nest((input?.shape ?? []).slice(1), 0);
    const body = Buffer.from(JSON.stringify({ instances: [row, row] }));
    const { predictions } = await infer({ codec: 'tfs-json', body, params: { method: 'predict' } });
    expect(predictions).toHaveLength(2);
    expect(predictions[0]).toHaveLength(10);
    expect(predictions[1]).toEqual(predictions[0]);
  });

  test('a picture as it is, and as an example, gives the same classes', async () => {
    const [file = ''] = readdirSync(picturesFolder).filter((name) => /\.(png|jpe?g|webp)$/.test(name));
    const body = readFileSync(join(picturesFolder, file));
    const asPicture = await infer({
      codec: 'image',
      body,
      params: { method: 'classify', contentType: 'image/png', top: 3 },
    });
    expect(asPicture).toMatchObject({ model: 'fashion-mnist', version: 1 });
    const [{ classes }] = asPicture.results;
    expect(classes).toHaveLength(3);
    const example = Buffer.from(JSON.stringify({ examples: [{ image: { b64: body.toString('base64') } }] }));
    const { results } = await infer({ codec: 'tfs-json', body: example, params: { method: 'classify' } });
    const [pairs] = results as [[string, number][]];
    expect(pairs).toHaveLength(10);
    expect(pairs[0]?.[0]).toBe(classes[0].label);
    expect(pairs[0]?.[1]).toBeCloseTo(classes[0].probability, 5);
  });

  test('what the model cannot take is refused, and the runner goes on', async () => {
    const body = Buffer.from('{"instances":[[1,2,3]]}');
    await expect(
      servable.infer({ codec: 'tfs-json', body, params: { method: 'predict' } }),
    ).rejects.toMatchObject({
      status: 'INVALID_ARGUMENT',
    });
    expect(await servable.describe()).toMatchObject({ model: 'fashion-mnist' });
  });
});

describe('a client request to a model of a fixed batch', () => {
  const folder = temporaryFolder();
  test.each([
    [1, 2],
    [16, 17],
  ])('of %i is answered for %i rows', async (batch, count) => {
    const model = classifierModel({ shape: [batch, 784], declaredOutput: [batch, 4] });
    folder.write('model.onnx', onnxModel(model));
    const loader = onnxLoader({ spawnRunner: createNodeSpawn(await builtRunner()) }, folder.path);
    const servableId = { name: 'digits', version: 1 };
    await loader.load({ servableId, signal: new AbortController().signal });
    try {
      const instances = Array.from({ length: count }, (_, row) => Array.from({ length: 784 }, () => row));
      const body = Buffer.from(JSON.stringify({ instances }));
      const answer = await loader
        .servable()
        ?.infer({ codec: 'tfs-json', body, params: { method: 'predict' } });
      const { predictions } = JSON.parse(Buffer.from(answer?.bytes ?? '').toString());
      expect(predictions).toEqual(
        instances.map((_, row) => [0, 1, 2, 3].map((index) => (row * (index + 1)) / 4 - index)),
      );
    } finally {
      await loader.unload();
    }
  });
});
