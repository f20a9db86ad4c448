import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { fashionLabels, hasFashionMnist, writeFashionPictures } from '../../support/fashion-pictures';

const samplesFolder = resolve(import.meta.dirname, '../../../app/resources/samples');

/** Resolves when the job is done; rejects when it failed. */
function done({ jobs }: Engine, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    jobs.onDidChange((job) => {
      if (job.id !== id) return;
      if (job.state === 'done') resolve();
      if (job.state === 'failed') reject(new Error(job.error?.detail));
    });
  });
}

// Skipped without Debian's dataset-fashion-mnist.
test.skipIf(!hasFashionMnist)(
  'the sample’s versions get as many of the 10,000 test pictures right as they did when they were trained',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-accuracy-'));
    const engine = await createEngine({
      spawnRunner: createNodeSpawn(await builtRunner()),
      stateFolder: null,
      samplesFolder,
      settings: { stabilityMs: 0 },
      models: [
        {
          name: 'fashion',
          basePath: join(samplesFolder, 'models', 'fashion-mnist'),
          policy: { kind: 'specific', versions: [] },
        },
      ],
    });
    try {
      const path = join(folder, 'pictures');
      await writeFashionPictures(path, 10_000);
      const input = { kind: 'folder' as const, path };
      const params = { model: 'fashion', versions: [1, 2, 3], top: 1, input };
      const { id } = engine.jobs.classifyBatch(params, 'Fashion-MNIST');
      await done(engine, id);
      const labels = fashionLabels();
      const right = [0, 0, 0];
      for await (const { item, answers } of engine.jobs.answersOf(id)) {
        for (const [index, { classes }] of answers.entries())
          if (classes[0]?.index === labels[item]) right[index] = (right[index] ?? 0) + 1;
      }
      // another processor may decide a picture on the line the other way
      for (const [index, percent] of [84.18, 91.21, 93.0].entries())
        expect((right[index] ?? 0) / 100).toBeCloseTo(percent, 1);
    } finally {
      await engine.close();
      await rm(folder, { recursive: true });
    }
  },
  300_000,
);
