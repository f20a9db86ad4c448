import { type Tensor as TfTensor, tensor } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RunnerLoader } from '../../../../main/platforms/runner-loader';
import { tfjsPlatform } from '../../../../main/platforms/tfjs/platform';
import { createNodeSpawn } from '../../../../main/runner/spawn-node';
import { failureOf } from '../../../support/app-errors';
import { builtRunner } from '../../../support/built-runner';
import { lfsPointerText } from '../../../support/lfs-pointer';
import { temporaryFolder } from '../../../support/temp-folder';
import {
  graphModelFiles,
  layersClassifier,
  layersModelFiles,
  type ModelFiles,
} from '../../../support/tfjs-models';

const folder = temporaryFolder();
const servableId = { name: 'colours', version: 2 };
let entry = '';
let loader: RunnerLoader | undefined;

beforeAll(async () => {
  entry = await builtRunner();
}, 120_000);
afterEach(() => loader?.unload());

async function load(files: ModelFiles) {
  for (const [name, content] of Object.entries(files)) folder.write(name, content);
  loader = new RunnerLoader(
    { spawnRunner: createNodeSpawn(entry) },
    tfjsPlatform,
    folder.path,
    async () => 1000,
  );
  await loader.load({ servableId, signal: new AbortController().signal });
  const servable = loader.servable();
  if (!servable) throw new Error('Nothing was loaded');
  return servable;
}

/** Two pictures of numbers without a pattern, the same every time. */
const pixels = Float32Array.from({ length: 2 * 16 * 16 * 3 }, (_, index) => ((index * 7919) % 251) / 251);
const feed = { dtype: 'float32', shape: [2, 16, 16, 3], data: pixels };
const direct = async (): Promise<number[]> => {
  const result = layersClassifier().predict(tensor(pixels, [2, 16, 16, 3])) as TfTensor;
  return Array.from(await result.data());
};
const isNear = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));

describe.each([
  ['layers', async () => layersModelFiles(layersClassifier()), 'pool_input', 'classes'],
  ['graph', async () => graphModelFiles(), 'image', 'scores'],
] as const)('a %s model', (kind, filesOf, input, output) => {
  test('answers tensors as TensorFlow.js itself does', async () => {
    const servable = await load(await filesOf());
    const { outputs } = await servable.predict({ [input]: feed }, []);
    expect(Object.keys(outputs)).toEqual([output]);
    expect(outputs[output]?.shape).toEqual([2, 4]);
    expect(Array.from((outputs[output]?.data ?? []) as Float32Array)).toEqual(isNear(await direct()));
    const { metadata, inputs } = await servable.describe();
    expect(metadata).toMatchObject({ backend: 'wasm', format: `${kind} model` });
    expect(inputs).toEqual([{ name: input, dtype: 'float32', shape: ['', 16, 16, 3] }]);
    await expect(servable.predict({ other: feed }, [])).rejects.toMatchObject({ code: 'TENSOR_MISMATCH' });
    await expect(servable.predict({ [input]: feed }, ['other'])).rejects.toMatchObject({
      code: 'TENSOR_MISMATCH',
    });
  });

  test('classifies pictures with what is inferred of it and the names beside it', async () => {
    const names = { labels: ['red', 'green', 'blue', 'grey'] };
    const servable = await load({ ...(await filesOf()), 'metadata.json': JSON.stringify(names) });
    const { preprocessing, notes, labelCount } = await servable.describe();
    expect(preprocessing).toMatchObject({
      width: 16,
      height: 16,
      layout: 'nhwc',
      channels: 'rgb',
      output: 'probabilities',
      values: { scale: 1 / 255, mean: [0], std: [1] },
    });
    expect([notes?.values.reason, notes?.output.reason, labelCount]).toEqual([
      'valuesKeras',
      'outputSoftmax',
      4,
    ]);
    const background = { r: 0, g: 255, b: 0 };
    const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background } })
      .png()
      .toBuffer();
    const { classes } = await servable.classify(picture, 2);
    expect(classes[0]?.label).toBe('green');
    expect(classes[0]?.probability).toBeCloseTo(Math.exp(8) / (Math.exp(8) + Math.E + 2), 4);
    const view = await servable.viewInput({ picture, channel: 'all' });
    expect([view.width, view.min, view.max]).toEqual([16, 0, 1]);
  });
});

describe('what is wrong with a model', () => {
  const changed = (change: (json: Record<string, unknown>) => unknown): ModelFiles => {
    const files = graphModelFiles();
    const json = JSON.parse(String(files['model.json'])) as Record<string, unknown>;
    return { ...files, 'model.json': JSON.stringify(change(json)) };
  };
  test.each<[string, ModelFiles, string]>([
    ['it is not JSON', { 'model.json': '{' }, 'MODEL_NOT_TENSORFLOW_JS'],
    ['it is some other JSON', { 'model.json': '{"name":"x"}' }, 'MODEL_NOT_TENSORFLOW_JS'],
    [
      'its layers are unknown',
      changed((json) => ({
        ...json,
        format: 'layers-model',
        modelTopology: { model_config: { class_name: 'No', config: {} } },
      })),
      'MODEL_NOT_TENSORFLOW_JS',
    ],
    ['it is a pointer', { 'model.json': lfsPointerText() }, 'MODEL_FILE_IS_LFS_POINTER'],
    ['a shard is missing', { 'model.json': graphModelFiles()['model.json'] ?? '' }, 'MODEL_WEIGHTS_MISSING'],
    [
      'a shard is cut short',
      { ...graphModelFiles(), 'group1-shard1of1.bin': new Uint8Array(9) },
      'MODEL_WEIGHTS_MISSING',
    ],
    [
      'a shard is too long',
      { ...graphModelFiles(), 'group1-shard1of1.bin': new Uint8Array(9_999) },
      'MODEL_WEIGHTS_MISSING',
    ],
    [
      'a shard is a pointer',
      { ...graphModelFiles(), 'group1-shard1of1.bin': Buffer.from(lfsPointerText()) },
      'MODEL_FILE_IS_LFS_POINTER',
    ],
    [
      'a shard lies outside',
      changed((json) => ({ ...json, weightsManifest: [{ paths: ['../../secret.bin'], weights: [] }] })),
      'MODEL_EXTERNAL_DATA_LEAVES_FOLDER',
    ],
  ])('%s', async (_, files, code) => {
    const error = await failureOf(() => load(files));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain(folder.path);
  });
});
