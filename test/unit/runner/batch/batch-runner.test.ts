import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import type { Preprocessing } from '../../../../app/contract/inference';
import { batchRunner } from '../../../../main/runner/batch/batch-runner';
import { decodePicture } from '../../../../main/runner/decode';
import { readPicture } from '../../../../main/runner/picture-file';
import { RunQueue } from '../../../../main/runner/run-queue';
import { RunnerMeter } from '../../../../main/runner/runner-meter';
import type { CreateRunnerModule, RunnerModule } from '../../../../main/runner/runner-module';
import { callContext } from '../../../support/call-context';
import { temporaryFolder } from '../../../support/temp-folder';

const pictures = resolve(import.meta.dirname, '../../../../app/resources/samples/pictures');
const coat = join(pictures, 'coat.png');
const context = callContext();
const folder = temporaryFolder();

const preprocessing = (width: number): Preprocessing => ({
  width,
  height: width,
  layout: 'nchw',
  channels: 'grey',
  resize: { kind: 'squash' },
  values: { scale: 1, mean: [0], std: [1] },
  output: 'logits',
});

/** Models that remember the pixels they are given; the folder's name says for which size, or what is wrong. */
function modelsOf(seen: Map<string, Uint8Array[]>): CreateRunnerModule {
  return () => {
    let name = '';
    return {
      load: async ({ folder }) => {
        name = folder;
        return { residentBytes: 1 };
      },
      describe: async () =>
        ({ preprocessing: name === 'none' ? null : preprocessing(Number.parseInt(name, 10)) }) as never,
      classifyPixels: async ({ rgb, top }) => {
        seen.set(name, [...(seen.get(name) ?? []), rgb]);
        if (name.endsWith('fails')) throw new AppError('MODEL_RUN_FAILED', {}, { detail: 'no' });
        const classes = [0, 1].slice(0, top).map((index) => ({
          index,
          label: name,
          probability: 1 / (index + 1),
          raw: 1,
        }));
        return { classes } as never;
      },
    };
  };
}

async function opened(seen: Map<string, Uint8Array[]>, ...folders: string[]): Promise<RunnerModule> {
  const module = batchRunner(async () => modelsOf(seen))({
    queue: new RunQueue(),
    meter: new RunnerMeter(),
  });
  const versions = folders.map((name, index) => ({
    version: index + 1,
    platform: 'onnx' as const,
    load: { folder: name, options: {} },
  }));
  const answer = await module.openBatch?.({ isBackground: false, versions }, context);
  expect(answer?.versions.map((it) => it.version)).toEqual(versions.map((it) => it.version));
  return module;
}

test('a picture is decoded once for each size that the versions want, as they would decode it themselves', async () => {
  const seen = new Map<string, Uint8Array[]>();
  const module = await opened(seen, '28 a', '28 b', '14');
  await module.classifyFiles?.({ paths: [coat], versions: [1, 2, 3], top: 1 }, context);
  const [first] = seen.get('28 a') ?? [];
  expect(seen.get('28 b')?.[0]).toBe(first); // the very same bytes
  expect(first).toEqual((await decodePicture(await readPicture(coat), preprocessing(28))).rgb);
  expect(seen.get('14')?.[0]).toHaveLength(14 * 14 * 3);
});

test('each picture has an answer of each version asked, in order; what cannot be answered says why', async () => {
  const module = await opened(new Map(), '28 a', '28 fails', 'none');
  const broken = folder.write('broken.png', 'no picture');
  const missing = join(folder.path, 'missing.png');
  const answers = await module.classifyFiles?.(
    { paths: [broken, coat, missing], versions: [3, 1, 2], top: 1 },
    context,
  );
  expect(
    answers?.map((row) =>
      row.map(({ version, classes, error }) => [version, error?.code ?? classes.map(({ label }) => label)]),
    ),
  ).toEqual([
    [
      [3, 'MODEL_NOT_A_CLASSIFIER'],
      [1, 'PICTURE_UNREADABLE'],
      [2, 'PICTURE_UNREADABLE'],
    ],
    [
      [3, 'MODEL_NOT_A_CLASSIFIER'],
      [1, ['28 a']],
      [2, 'MODEL_RUN_FAILED'],
    ],
    [
      [3, 'PICTURE_NOT_FOUND'],
      [1, 'PICTURE_NOT_FOUND'],
      [2, 'PICTURE_NOT_FOUND'],
    ],
  ]);
});

test('while it is held nothing is decoded; let go, it answers', async () => {
  const seen = new Map<string, Uint8Array[]>();
  const module = await opened(seen, '28');
  await module.hold?.({ isHeld: true }, context);
  const answers = module.classifyFiles?.({ paths: [coat], versions: [1], top: 1 }, context);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen.size).toBe(0);
  await module.hold?.({ isHeld: false }, context);
  expect(await answers).toHaveLength(1);
});

test('a version that was not opened is refused', async () => {
  const module = await opened(new Map(), '28');
  await expect(
    module.classifyFiles?.({ paths: [coat], versions: [9], top: 1 }, context),
  ).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
});
