import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Preprocessing } from '../../../../app/contract/inference';
import { findPreprocessing } from '../../../../main/platforms/onnx/runner/find-preprocessing';
import { LoadedModel } from '../../../../main/platforms/onnx/runner/loaded-model';
import {
  judge,
  ranked,
  resizeCandidates,
  valueCandidates,
} from '../../../../main/platforms/onnx/runner/rank-preprocessings';
import { reversed, usualValues } from '../../../../main/platforms/onnx/runner/usual-values';
import { failureOf } from '../../../support/app-errors';
import { callContext } from '../../../support/call-context';

const repoRoot = resolve(import.meta.dirname, '../../../..');
const shared = join(repoRoot, '..', 'shared', 'models');
const base: Preprocessing = {
  width: 224,
  height: 224,
  layout: 'nchw',
  channels: 'rgb',
  resize: { kind: 'squash' },
  values: usualValues.unit,
  output: 'probabilities',
};

describe('candidates', () => {
  test('every usual way of values in both channel orders, the current one first and none twice', () => {
    const candidates = valueCandidates(base, 'float32');
    expect(candidates[0]?.preprocessing).toBe(base);
    expect(candidates).toHaveLength(10);
    expect(candidates.map(({ preprocessing }) => preprocessing)).toContainEqual({
      ...base,
      channels: 'bgr',
      values: reversed(usualValues.caffe),
    });
  });

  test('whole numbers are fed as they are, a grey input in one order', () => {
    expect(valueCandidates({ ...base, values: usualValues.bytes }, 'uint8')).toHaveLength(2);
    expect(valueCandidates({ ...base, channels: 'grey' }, 'float32')).toHaveLength(4);
  });

  test('every usual way of resizing', () => {
    expect(
      resizeCandidates([{ preprocessing: base, weight: 1 }]).map(
        ({ preprocessing }) => preprocessing.resize.kind,
      ),
    ).toEqual(['squash', 'shortSideCrop', 'shortSideCrop', 'letterbox']);
  });
});

describe('judging', () => {
  test('accuracy counts classes that came first, margin how far they were ahead', () => {
    const scores = [Float64Array.of(0.7, 0.2, 0.1), Float64Array.of(0.5, 0.3, 0.2)];
    const { accuracy, margin } = judge({ preprocessing: base, weight: 1 }, scores, [0, 1]);
    expect(accuracy).toBe(0.5);
    expect(margin).toBeCloseTo((0.5 - 0.2) / 2);
  });

  const of = (probability: number, pictures: number, weight: number) =>
    judge(
      { preprocessing: base, weight },
      Array.from({ length: pictures }, () => Float64Array.of(probability, 1 - probability)),
      Array.from({ length: pictures }, () => 0),
    );

  test('what answers better is first', () => {
    expect(ranked([of(0.4, 10, 8), of(0.9, 10, 0.5)])[0]?.weight).toBe(0.5);
  });

  test('of what answers nearly as well the more usual is first', () => {
    expect(ranked([of(0.81, 10, 1), of(0.8, 10, 5)])[0]?.weight).toBe(5);
  });

  test('one picture that is answered wrongly with certainty does not decide against ten', () => {
    const wrong = judge(
      { preprocessing: base, weight: 1 },
      [...Array.from({ length: 10 }, () => Float64Array.of(0.95, 0.05)), Float64Array.of(0, 1)],
      Array.from({ length: 11 }, () => 0),
    );
    expect(ranked([of(0.3, 11, 1), wrong])[0]).toBe(wrong);
  });
});

interface Known {
  readonly folder: string;
  readonly channels: Preprocessing['channels'];
  readonly values: Preprocessing['values'];
  /** File and class, and whether to take its mirror image as well. */
  readonly pictures: readonly (readonly [string, string])[];
}

const imageNetPictures = [
  ['goldfish.jpg', 'goldfish'],
  ['hot-dog.jpg', 'hotdog'],
  ['hummingbird.jpg', 'hummingbird'],
  ['kitten.jpg', 'tabby'],
  ['labrador.jpg', 'Labrador retriever'],
  ['pineapple.jpg', 'pineapple'],
  ['spaniel.jpg', 'Brittany spaniel'],
  ['tench.png', 'tench'],
] as const;
const known: readonly Known[] = [
  { folder: 'imagenet/1', channels: 'bgr', values: reversed(usualValues.caffe), pictures: imageNetPictures },
  { folder: 'imagenet/2', channels: 'rgb', values: usualValues.imageNet, pictures: imageNetPictures },
  {
    folder: 'flowers/1',
    channels: 'rgb',
    values: usualValues.plusMinusOne,
    pictures: [
      ['daisy.jpg', 'daisy'],
      ['rose.jpg', 'roses'],
      ['tulip.jpg', 'tulips'],
    ],
  },
];

/** Ten views: the pictures, then their mirror images, then parts of them. */
async function tenViews(pictures: Known['pictures']) {
  const read = ([file]: readonly [string, string]) => readFileSync(join(shared, 'photos', file));
  const mirrored = async (one: Uint8Array) => sharp(one).autoOrient().flop().png().toBuffer();
  const part = async (one: Uint8Array) => {
    const { width, height } = (await sharp(one).metadata()).autoOrient;
    const inner = {
      left: Math.round(width * 0.06),
      top: Math.round(height * 0.06),
      width: Math.round(width * 0.88),
      height: Math.round(height * 0.88),
    };
    return sharp(one).autoOrient().extract(inner).png().toBuffer();
  };
  const views: { picture: Uint8Array; label: string }[] = [];
  for (const change of [
    async (one: Uint8Array) => one,
    mirrored,
    part,
    async (one: Uint8Array) => mirrored(await part(one)),
  ])
    for (const entry of pictures)
      if (views.length < 10) views.push({ picture: await change(read(entry)), label: entry[1] });
  return views;
}

describe.skipIf(!existsSync(shared))('on the shared models, with ten pictures', () => {
  test.each(known)(
    '$folder: the right one is first, even when a wrong one is set',
    { timeout: 120_000 },
    async ({ folder, channels, values, pictures }) => {
      const model = await LoadedModel.load(
        { folder: join(shared, folder), options: {} },
        callContext().enter,
      );
      const { classifier, labelOf } = model.pictures;
      classifier.configure({ ...classifier.preprocessing, channels: 'rgb', values: usualValues.unit });
      const { ranked: found, pictureCount } = await findPreprocessing(await tenViews(pictures), {
        classifier,
        labels: Array.from({ length: model.description.classCount ?? 0 }, (_, index) => labelOf(index)),
        run: (task) => task(),
      });
      expect(pictureCount).toBe(10);
      expect({ channels: found[0]?.preprocessing.channels, values: found[0]?.preprocessing.values }).toEqual({
        channels,
        values,
      });
      expect(found.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
      await model.close();
    },
  );

  test('a class that the model does not have is refused', async () => {
    const model = await LoadedModel.load(
      { folder: join(shared, 'flowers/1'), options: {} },
      callContext().enter,
    );
    const { classifier } = model.pictures;
    const pictures = [{ picture: new Uint8Array(), label: 'submarine' }];
    const host = { classifier, labels: ['daisy'], run: <T>(task: () => Promise<T>) => task() };
    expect((await failureOf(() => findPreprocessing(pictures, host))).code).toBe('INVALID_ARGUMENT');
    expect((await failureOf(() => findPreprocessing([], host))).code).toBe('INVALID_ARGUMENT');
    await model.close();
  });
});
