import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Classification, Description } from '../../../app/contract/inference';
import type { InferenceServable } from '../../../main/platforms/inference-servable';
import type { RunnerLoader } from '../../../main/platforms/runner-loader';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { onnxLoader } from '../../support/onnx-loader';

// Real pretrained networks, with no setting touched. They stand outside of the repository; without them these tests are skipped.
const models = resolve(import.meta.dirname, '../../../../shared/models');
const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const photo = (name: string): Uint8Array => readFileSync(join(models, 'photos', name));

function withModel(folder: string): { readonly servable: () => InferenceServable } {
  let loader: RunnerLoader | undefined;
  beforeAll(async () => {
    loader = onnxLoader({ spawnRunner: createNodeSpawn(await builtRunner()) }, folder);
    await loader.load({ servableId: { name: 'm', version: 1 }, signal: new AbortController().signal });
  });
  afterAll(() => loader?.unload());
  return {
    servable: () => {
      const servable = loader?.servable();
      if (!servable) throw new Error('Nothing was loaded');
      return servable;
    },
  };
}

const top = (answer: Classification) => ({
  label: answer.classes[0]?.label ?? '',
  probability: answer.classes[0]?.probability ?? 0,
});

/** Resampling filters, and the int8 kernels of different processors, move a probability by a few hundredths. */
const tolerance = 0.06;

/** Photo, first name of the label, and the probability of the shared folder's README. */
const imageNet: readonly (readonly [string, string, number, number])[] = [
  ['goldfish.jpg', 'goldfish', 1, 1],
  ['hummingbird.jpg', 'hummingbird', 0.9, 0.97],
  ['pineapple.jpg', 'pineapple', 1, 1],
  ['hot-dog.jpg', 'hotdog', 0.87, 0.93],
  ['labrador.jpg', 'Labrador retriever', 0.76, 0.96],
];

for (const version of [1, 2] as const) {
  describe.skipIf(!existsSync(models))(`imagenet/${version}`, () => {
    const { servable } = withModel(join(models, 'imagenet', String(version)));

    test.each(imageNet)('%s is %s', async (file, name, ...expected) => {
      const { label, probability } = top(await servable().classify(photo(file), 5));
      expect(label.split(',')[0]).toBe(name);
      expect(Math.abs(probability - (expected[version - 1] ?? 0))).toBeLessThan(tolerance);
    });

    test(`a tench is ${version === 1 ? 'mistaken for a barracouta' : 'recognised'}: the versions disagree`, async () => {
      const { label } = top(await servable().classify(photo('tench.png'), 1));
      expect(label.split(',')[0]).toBe(version === 1 ? 'barracouta' : 'tench');
    });

    test('what was inferred says how sure it is', async () => {
      const { notes, preprocessing, warnings, classCount }: Description = await servable().describe();
      expect(preprocessing?.channels).toBe(version === 1 ? 'bgr' : 'rgb');
      expect(notes?.values).toMatchObject(
        version === 1
          ? { certainty: 'likely', reason: 'valuesCaffe' }
          : { certainty: 'certain', reason: 'valuesQuantization' },
      );
      expect([warnings, classCount]).toEqual([[], 1000]);
    });
  });
}

describe.skipIf(!existsSync(models))('flowers/1', () => {
  const { servable } = withModel(join(models, 'flowers', '1'));
  test.each([
    ['rose.jpg', 'roses'],
    ['tulip.jpg', 'tulips'],
    ['daisy.jpg', 'daisy'],
  ])('%s is %s', async (file, name) => {
    const { label, probability } = top(await servable().classify(photo(file), 5));
    expect(label).toBe(name);
    expect(probability).toBeGreaterThan(0.97);
  });
});

for (const version of [1, 2, 3]) {
  describe(`the sample fashion-mnist/${version}`, () => {
    const { servable } = withModel(join(samples, 'models/fashion-mnist', String(version)));
    test.each([
      ['ankle-boot.png', 'Ankle boot'],
      ['bag.png', 'Bag'],
      ['trouser.png', 'Trouser'],
    ])('%s is %s', async (file, name) => {
      const answer = await servable().classify(readFileSync(join(samples, 'pictures', file)), 3);
      expect(top(answer).label).toBe(name);
      expect(answer.output.form).toBe('logits');
    });
  });
}
