import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtCli, runCli } from '../../support/built-cli';
import { descendantsOf, isAlive } from '../../support/processes';

const repoRoot = resolve(import.meta.dirname, '../../..');
const samples = join(repoRoot, 'app/resources/samples');
const fashion = join(samples, 'models/fashion-mnist');
const picture = (name: string): string => join(samples, 'pictures', name);
const shared = join(repoRoot, '..', 'shared', 'models');

interface Element {
  image: string;
  model: string;
  version: number;
  classes?: { index: number; label: string; probability: number }[];
  timingsMs?: Record<string, number>;
  error?: { code: string; message: string; next?: string };
}
const json = async (...args: string[]) => {
  const run = await runCli(['classify', ...args, '--json']);
  return { ...run, elements: JSON.parse(run.stdout) as Element[] };
};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  await builtCli();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('slipway classify', () => {
  test('--json gives one element for each picture and version, in the order given and asked', async () => {
    const images = [picture('sneaker-1.png'), picture('bag.png')];
    const { code, elements, stderr } = await json(fashion, ...images, '--versions', '3,1', '--top', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(elements.map((it) => [it.image, it.model, it.version])).toEqual(
      images.flatMap((image) => [3, 1].map((version) => [image, 'fashion-mnist', version])),
    );
    for (const element of elements) {
      expect(Object.keys(element)).toEqual(['image', 'model', 'version', 'classes', 'timingsMs']);
      expect(element.classes).toHaveLength(2);
      expect(Object.keys(element.classes?.[0] ?? {})).toEqual(['index', 'label', 'probability']);
      expect(Object.keys(element.timingsMs ?? {}).sort()).toEqual(['decode', 'preprocess', 'queue', 'run']);
    }
    expect(elements.map((it) => it.classes?.[0]?.label)).toEqual(['Sneaker', 'Sneaker', 'Bag', 'Bag']);
    expect(elements[0]?.classes?.[0]?.index).toBe(7);
  });

  test('without --version the latest answers, with five classes', async () => {
    const { code, elements } = await json(fashion, picture('trouser.png'));
    expect(code).toBe(0);
    expect(elements.map((it) => [it.version, it.classes?.length, it.classes?.[0]?.label])).toEqual([
      [3, 5, 'Trouser'],
    ]);
  });

  test('what cannot be answered says so in its element, the others are answered, and the exit code is 1', async () => {
    const notes = join(folder, 'notes.txt');
    writeFileSync(notes, 'no picture');
    const images = [notes, picture('bag.png'), join(folder, 'gone.png')];
    const { code, elements } = await json(fashion, ...images, '--versions', '1,9');
    expect(code).toBe(1);
    expect(elements.map((it) => it.error?.code ?? it.classes?.[0]?.label)).toEqual([
      'PICTURE_UNREADABLE',
      'VERSION_NOT_FOUND',
      'Bag',
      'VERSION_NOT_FOUND',
      'PICTURE_NOT_FOUND',
      'VERSION_NOT_FOUND',
    ]);
    expect(elements[1]?.error?.message).toBe('fashion-mnist has no version 9.');
    expect(elements[0]?.error?.next).toBe('Choose another picture, or save it again as PNG.');
    expect(elements[0]).not.toHaveProperty('classes');
  });

  test('a label of a configuration names a version', async () => {
    const config = join(folder, 'labels.yaml');
    writeFileSync(
      config,
      `version: 1\nmodels:\n- { name: clothes, basePath: ${JSON.stringify(fashion)}, labels: { stable: 2 } }\n`,
    );
    const asked = [fashion, picture('bag.png'), '--versions', 'stable,1', '--config', config];
    const { code, elements } = await json(...asked);
    expect([code, ...elements.map(({ version }) => version)]).toEqual([0, 2, 1]);
  });

  test('a version that does not load fails alone', async () => {
    const model = join(folder, 'broken');
    cpSync(fashion, model, { recursive: true });
    mkdirSync(join(model, '7'));
    writeFileSync(
      join(model, '7', 'model.onnx'),
      readFileSync(join(fashion, '3/model.onnx')).subarray(0, 5_000),
    );
    const { code, elements } = await json(model, picture('bag.png'), '--versions', '7,2');
    expect(code).toBe(1);
    expect(elements[0]?.error?.code).toMatch(/^MODEL_/);
    expect(elements[1]?.classes?.[0]?.label).toBe('Bag');
  });

  test('people read a table that is as wide as it may be', async () => {
    const { code, stdout } = await runCli([
      'classify',
      fashion,
      picture('bag.png'),
      join(folder, 'gone.png'),
      '--top',
      '1',
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('Bag');
    expect(stdout).toMatch(/9\d\.\d%/);
    expect(stdout).toContain('There is no such file');
    expect(
      Math.max(
        ...stdout
          .split('\n')
          .filter((it) => /[│┌└]/.test(it))
          .map((it) => it.length),
      ),
    ).toBeLessThanOrEqual(100);
  });

  test.each([
    ['no picture', [fashion]],
    ['an unknown option', [fashion, 'a.png', '--wrong']],
    ['a label without a configuration', [fashion, 'a.png', '--version', 'new']],
    ['both --version and --versions', [fashion, 'a.png', '--version', '1', '--versions', '2']],
    ['--top 0', [fashion, 'a.png', '--top', '0']],
    ['a folder that is not there', [join(tmpdir(), 'slipway-never-there'), 'a.png']],
    ['a folder without versions', [join(fashion, '1'), 'a.png']],
  ])('%s is wrong usage: exit code 2, said on stderr', async (_, args) => {
    const { code, stdout, stderr } = await runCli(['classify', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  test('--help explains, --version of the program is not that of a model', async () => {
    const help = await runCli(['classify', '--help']);
    expect(help.code).toBe(0);
    for (const part of [
      'MODEL_DIR',
      'IMAGE',
      '--version <N|LABEL>',
      '--versions <N,M>',
      '--top <K>',
      '--json',
      'Exit codes',
    ]) {
      expect(help.stdout).toContain(part);
    }
    const { code, stdout } = await runCli(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.skipIf(process.platform === 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)('%s leaves no process behind', async (signal, expected) => {
    const many = Array.from({ length: 3_000 }, () => picture('bag.png'));
    const child = spawn(
      process.execPath,
      [await builtCli(), 'classify', fashion, ...many, '--versions', '1,2'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    await once(child.stdout, 'data'); // the runners are at work
    const runners = descendantsOf(child.pid ?? 0);
    expect(runners).toHaveLength(2);
    child.kill(signal);
    child.stdout.resume();
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(expected);
    await expect.poll(() => runners.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('whoever stops reading stops it, quietly', async () => {
    const many = Array.from({ length: 3_000 }, () => picture('bag.png'));
    const child = spawn(process.execPath, [await builtCli(), 'classify', fashion, ...many], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(child.stdout, 'data');
    const runners = descendantsOf(child.pid ?? 0);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.destroy();
    await once(child, 'close');
    expect(stderr).toBe('');
    await expect.poll(() => runners.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  });
});

describe.skipIf(!existsSync(shared))('on real models, with nothing set', () => {
  const photo = (name: string): string => join(shared, 'photos', name);

  test('imagenet 1 and 2 name what the photos show, and part over the tench', async () => {
    const names = ['goldfish', 'hummingbird', 'pineapple', 'hot-dog', 'labrador'];
    const images = [...names.map((it) => photo(`${it}.jpg`)), photo('tench.png')];
    const { elements } = await json(join(shared, 'imagenet'), ...images, '--versions', '1,2', '--top', '1');
    const tops = elements.map((it) => it.classes?.[0]?.label.split(',')[0] ?? it.error?.code);
    expect(tops).toEqual([
      ...['goldfish', 'goldfish', 'hummingbird', 'hummingbird', 'pineapple', 'pineapple', 'hotdog', 'hotdog'],
      ...['Labrador retriever', 'Labrador retriever', 'barracouta', 'tench'],
    ]);
  });

  test('flowers 1 tells rose, tulip and daisy apart', async () => {
    const images = ['rose', 'tulip', 'daisy'].map((it) => photo(`${it}.jpg`));
    const { elements } = await json(join(shared, 'flowers'), ...images, '--top', '1');
    expect(elements.map((it) => it.classes?.[0]?.label)).toEqual(['roses', 'tulips', 'daisy']);
  });
});
