import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PreprocessingRanking } from '../../../app/contract/inference';
import { labelledPictures } from '../../../main/cli/labelled-pictures';
import { builtCli, runCli } from '../../support/built-cli';
import { temporaryFolder } from '../../support/temp-folder';

const repoRoot = resolve(import.meta.dirname, '../../..');
const samples = join(repoRoot, 'app/resources/samples');
const shared = join(repoRoot, '..', 'shared', 'models');
const labels = {
  'sneaker-1': 'Sneaker',
  bag: 'Bag',
  coat: 'Coat',
  trouser: 'Trouser',
  sandal: 'Sandal',
  'ankle-boot': 'Ankle boot',
} as const;
const sample = (name: string): string => join(samples, 'pictures', `${name}.png`);

describe('what says which picture shows what', () => {
  const folder = temporaryFolder();
  const read = async (name: string, text: string) => {
    folder.write(name, text);
    return (await labelledPictures(join(folder.path, name))).map(({ path, label }) => [
      path.slice(folder.path.length + 1),
      label,
    ]);
  };

  test('a folder has a folder for each class; what lies beside them is left out', async () => {
    for (const file of ['cat/1.jpg', 'cat/more/2.png', 'dog/3.webp', 'no-class.jpg', 'cat/notes.txt']) {
      mkdirSync(join(folder.path, file, '..'), { recursive: true });
      folder.write(file, '');
    }
    const found = await labelledPictures(folder.path);
    expect(found.map(({ path, label }) => `${label}: ${path.slice(folder.path.length + 1)}`)).toEqual([
      'cat: cat/1.jpg',
      'cat: cat/more/2.png',
      'dog: dog/3.webp',
    ]);
  });

  test.each([
    ['a.csv', 'id,Label,path\n1,cat,x/1.jpg\n2,"big, dog",2.jpg\n'],
    ['a.tsv', 'path\tclass\nx/1.jpg\tcat\n2.jpg\tbig, dog\n'],
    ['a.txt', 'x/1.jpg\tcat\n2.jpg\tbig, dog\n'],
    ['a.jsonl', '{"path": "x/1.jpg", "label": "cat"}\n\n{"image": "2.jpg", "class": "big, dog"}\n'],
  ])('%s', async (name, text) => {
    expect(await read(name, text)).toEqual([
      ['x/1.jpg', 'cat'],
      ['2.jpg', 'big, dog'],
    ]);
  });

  test.each([
    ['an empty file', 'a.csv', '', 'names no labelled pictures'],
    ['a list without labels', 'a.csv', 'path\n1.jpg\n', 'names no labelled pictures'],
    ['a line that is not JSON', 'a.jsonl', '{"path": "1.jpg"}', 'Line 1 of a.jsonl'],
    ['quotes that do not end', 'a.csv', '"1.jpg,cat', 'a.csv cannot be read'],
  ])('%s is refused in words', async (_what, name, text, words) => {
    await expect(read(name, text)).rejects.toThrow(words);
  });
});

describe('slipway preprocess', () => {
  let folder: string;
  let model: string;
  let csv: string;
  beforeAll(async () => {
    await builtCli();
  }, 120_000);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-preprocess-'));
    model = join(folder, 'fashion');
    cpSync(join(samples, 'models/fashion-mnist/3'), join(model, '3'), { recursive: true });
    csv = join(folder, 'labels.csv');
    const rows = Object.entries(labels).map(([name, label]) => `${sample(name)},${label}`);
    writeFileSync(csv, `path,label\n${rows.join('\n')}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('--json has every way that was tried, the best first', async () => {
    const { code, stdout, stderr } = await runCli(['preprocess', model, '--labelled', csv, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = JSON.parse(stdout) as PreprocessingRanking & { isApplied: boolean };
    expect(found).toMatchObject({ model: 'fashion', version: 3, pictureCount: 6, isApplied: false });
    expect(found.ranked[0]).toMatchObject({
      preprocessing: { channels: 'grey', values: { scale: 1 / 255 } },
      accuracy: 1,
      isCurrent: true,
    });
    expect(found.ranked.length).toBeGreaterThan(5);
  });

  test('--apply keeps the best one in the folder of the version', async () => {
    const sidecar = join(model, '3', 'slipway.json');
    const wrong = { preprocessing: { values: { scale: 1, mean: [0], std: [1] } } };
    writeFileSync(sidecar, JSON.stringify(wrong));
    const looked = await runCli(['preprocess', model, '--labelled', csv, '--model-version', '3']);
    expect(looked.code).toBe(0);
    expect(looked.stdout).toContain('--apply keeps the first one');
    expect(JSON.parse(readFileSync(sidecar, 'utf8'))).toEqual(wrong);
    const applied = await runCli(['preprocess', model, '--labelled', csv, '--apply']);
    expect(applied.stdout).toMatch(/6 of 6 .* grey .* v \* 0\.003922/);
    expect(applied.stdout).toContain('The first one is kept in slipway.json.');
    expect(JSON.parse(readFileSync(sidecar, 'utf8'))).toMatchObject({
      preprocessing: { values: { scale: 1 / 255, mean: [0], std: [1] } },
    });
  });

  test('a class that the model does not have, and a picture that is not there, are said in words', async () => {
    writeFileSync(csv, `${sample('bag')},Submarine\n`);
    const noClass = await runCli(['preprocess', model, '--labelled', csv]);
    expect(noClass.code).toBe(1);
    expect(noClass.stderr).toContain('The model has no class "Submarine"');
    writeFileSync(csv, 'gone.png,Bag\n');
    const noPicture = await runCli(['preprocess', model, '--labelled', csv]);
    expect(noPicture.code).toBe(1);
    expect(noPicture.stderr).toContain('gone.png');
  });

  test('without --labelled it is wrong usage', async () => {
    expect((await runCli(['preprocess', model])).code).toBe(2);
  });

  test.skipIf(!existsSync(shared))(
    'on a shared model the right one is first, whatever is set',
    async () => {
      const imagenet = join(folder, 'imagenet');
      cpSync(join(shared, 'imagenet/1'), join(imagenet, '1'), { recursive: true });
      const wrong = { preprocessing: { channels: 'rgb', values: { scale: 1 / 255, mean: [0], std: [1] } } };
      writeFileSync(join(imagenet, '1', 'slipway.json'), JSON.stringify(wrong));
      const photos = {
        goldfish: 'jpg,goldfish',
        'hot-dog': 'jpg,hotdog',
        hummingbird: 'jpg,hummingbird',
        kitten: 'jpg,tabby',
        labrador: 'jpg,Labrador retriever',
        pineapple: 'jpg,pineapple',
        spaniel: 'jpg,Brittany spaniel',
        tench: 'png,tench',
      };
      const rows = Object.entries(photos).map(([name, rest]) => `${join(shared, 'photos', name)}.${rest}`);
      writeFileSync(csv, rows.join('\n'));
      const { stdout } = await runCli(['preprocess', imagenet, '--labelled', csv, '--json']);
      const { ranked } = JSON.parse(stdout) as PreprocessingRanking;
      expect(ranked[0]?.preprocessing).toMatchObject({
        channels: 'bgr',
        values: { scale: 1, mean: [103.939, 116.779, 123.68] },
      });
    },
    60_000,
  );
});
