import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { hashVersion } from '../../../main/sources/content-hash';
import {
  type ImportProgress,
  type ImportRequest,
  importVersion,
  modelFolderIn,
} from '../../../main/sources/library-source';
import { type ZipEntry, zipOf } from '../../support/zip';

const isModel = (files: readonly string[]): boolean =>
  files.some((file) => /^(onnx\/)?[^/]+\.onnx$/i.test(file));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-library-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

async function write(path: string, content: string | Uint8Array = path): Promise<string> {
  const full = join(folder, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, content);
  return full;
}

const request = (
  form: ImportRequest['form'],
  path: string,
  more: Partial<ImportRequest> = {},
): ImportRequest => ({
  form,
  path: join(folder, path),
  name: path,
  modelFolder: join(folder, 'library', 'digits'),
  isNewModel: true,
  isModel,
  ...more,
});

async function tree(path: string): Promise<string[]> {
  const entries = await readdir(join(folder, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, path).length + 1))
    .sort();
}

describe('a lone model file', () => {
  test('becomes version 1 of a new model, as model.onnx, with what is its own', async () => {
    await write('downloads/digits.onnx', 'graph');
    for (const name of ['digits.onnx.data', 'digits.bin', 'labels.txt', 'slipway.json'])
      await write(`downloads/${name}`);
    await write('downloads/cat.jpg');
    await write('downloads/digits-report.pdf');
    const done = await importVersion(request('modelFile', 'downloads/digits.onnx'));
    expect(done).toMatchObject({ version: 1, path: join(folder, 'library/digits/1') });
    expect(await tree('library/digits')).toEqual([
      '1/digits.bin',
      '1/digits.onnx.data',
      '1/labels.txt',
      '1/model.onnx',
      '1/slipway.json',
    ]);
    expect(await readFile(join(done.path, 'model.onnx'), 'utf8')).toBe('graph');
  });

  test('among others it takes the labels that bear its name, and no settings that may be another’s', async () => {
    for (const name of ['a.onnx', 'b.onnx', 'b.labels.txt', 'labels.txt', 'a.onnx.data', 'slipway.json'])
      await write(`d/${name}`);
    const { path } = await importVersion(request('modelFile', 'd/b.onnx'));
    expect(await tree('library/digits')).toEqual(['1/labels.txt', '1/model.onnx']);
    expect(await readFile(join(path, 'labels.txt'), 'utf8')).toBe('d/b.labels.txt');
  });

  test('LS1: becomes the version after the newest, whatever else is in the folder', async () => {
    await write('x.onnx');
    for (const version of ['2', '007', 'notes', '12.old'])
      await write(`library/digits/${version}/model.onnx`);
    expect(await importVersion(request('modelFile', 'x.onnx', { isNewModel: false }))).toMatchObject({
      version: 8,
    });
  });

  test('two at once get two numbers', async () => {
    await write('x.onnx');
    await write('y.onnx');
    const both = await Promise.all(
      ['x.onnx', 'y.onnx'].map((path) => importVersion(request('modelFile', path))),
    );
    expect(both.map((done) => done.version).sort()).toEqual([1, 2]);
  });
});

test('a version folder is copied with its subfolders and settings, without what file managers leave', async () => {
  for (const name of ['model.onnx', 'labels.txt', 'slipway.json', '.DS_Store', 'assets/vocab.txt'])
    await write(`from/3/${name}`);
  await importVersion(request('versionFolder', 'from/3'));
  expect(await tree('library/digits')).toEqual([
    '1/assets/vocab.txt',
    '1/labels.txt',
    '1/model.onnx',
    '1/slipway.json',
  ]);
});

describe('the content hash', () => {
  test('LS3: of what was copied is that of what is on disk, and of its original', async () => {
    await write('from/3/model.onnx', Buffer.alloc(700_000, 7));
    await write('from/3/labels.txt');
    await write('from/3/slipway.json');
    const done = await importVersion(request('versionFolder', 'from/3'));
    expect(done.contentHash).toBe(await hashVersion(done.path));
    expect(done.contentHash).toBe(await hashVersion(join(folder, 'from/3')));
    expect(done.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('follows bytes and names, not times and not sidecars', async () => {
    const path = await write('v/model.onnx', 'one');
    const first = await hashVersion(dirname(path));
    await utimes(path, new Date(0), new Date(0));
    await write('v/slipway.json');
    expect(await hashVersion(dirname(path))).toBe(first);
    await write('v/model.onnx', 'two');
    const second = await hashVersion(dirname(path));
    expect(second).not.toBe(first);
    await write('v/empty');
    expect(await hashVersion(dirname(path))).not.toBe(second);
  });

  test('of a folder that is not there, or one whose link leaves it, is an error', async () => {
    await expect(hashVersion(join(folder, 'none'))).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
    await write('m/1/model.onnx');
    await symlink(tmpdir(), join(folder, 'm/1/out'));
    await expect(hashVersion(join(folder, 'm/1'))).rejects.toMatchObject({ code: 'DROP_LINK_LEAVES_FOLDER' });
  });
});

describe('an archive', () => {
  const zip = (...entries: ZipEntry[]) => write('in.zip', zipOf(entries));

  test('gives the one folder that is a model, wherever it lies in it', async () => {
    await zip(
      { name: 'readme.md' },
      { name: 'digits/', mode: 0o040755 },
      { name: 'digits/3/model.onnx', content: 'graph' },
      { name: 'digits/3/labels.txt' },
      { name: 'digits/3/__pycache__/x' },
      { name: '__MACOSX/digits/3/._model.onnx' },
      { name: 'digits/3/.DS_Store' },
    );
    const done = await importVersion(request('archive', 'in.zip'));
    expect(await tree('library/digits')).toEqual(['1/__pycache__/x', '1/labels.txt', '1/model.onnx']);
    expect(done.contentHash).toBe(await hashVersion(done.path));
  });

  test.each(['in.tar', 'in.tar.gz', 'in.tgz'])('may be %s', async (name) => {
    await write('src/digits/model.onnx', Buffer.alloc(300_000, 1));
    await write('src/digits/labels.txt', 'zero');
    await create({ file: join(folder, name), cwd: join(folder, 'src'), gzip: name !== 'in.tar' }, ['digits']);
    await importVersion(request('archive', name));
    expect(await tree('library/digits')).toEqual(['1/labels.txt', '1/model.onnx']);
  });

  test.each<[string, ZipEntry[], string]>([
    ['names that climb out', [{ name: 'm/../../x.onnx' }], 'ARCHIVE_UNSAFE'],
    ['absolute names', [{ name: '/etc/x.onnx' }], 'ARCHIVE_UNSAFE'],
    ['names with a drive', [{ name: 'C:/x.onnx' }], 'ARCHIVE_UNSAFE'],
    ['links', [{ name: 'model.onnx', content: '/etc/passwd', mode: 0o120777 }], 'ARCHIVE_UNSAFE'],
    ['no model', [{ name: 'cat.jpg' }], 'DROP_NO_MODEL_FILE'],
    ['two models', [{ name: '1/model.onnx' }, { name: '2/model.onnx' }], 'ARCHIVE_SEVERAL_MODELS'],
    ['a password', [{ name: 'model.onnx', isEncrypted: true }], 'ARCHIVE_DAMAGED'],
    ['a bomb', [{ name: 'model.onnx', sizeBytes: 3_000_000_000 }], 'ARCHIVE_UNSAFE'],
  ])('with %s is refused and leaves nothing behind', async (_title, entries, code) => {
    await zip(...entries);
    await expect(importVersion(request('archive', 'in.zip'))).rejects.toMatchObject({ code });
    expect(await readdir(join(folder, 'library'))).toEqual([]);
  });

  test('with a link is refused as a tar too', async () => {
    await write('src/m/model.onnx');
    await symlink('/etc/passwd', join(folder, 'src/m/labels.txt'));
    await create({ file: join(folder, 'in.tar'), cwd: join(folder, 'src') }, ['m']);
    await expect(importVersion(request('archive', 'in.tar'))).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
    });
  });

  test.each(['in.zip', 'in.tar', 'in.tar.gz'])('%s that is none is refused', async (name) => {
    await write(name, 'version https://git-lfs.github.com/spec/v1\n'.repeat(40));
    await expect(importVersion(request('archive', name))).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  test.each(['in.zip', 'in.tar.gz'])('%s that was cut off is refused', async (name) => {
    await write('src/m/model.onnx', Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251)));
    await create({ file: join(folder, 'whole.tar'), cwd: join(folder, 'src') }, ['m']);
    const whole = name.endsWith('zip')
      ? zipOf([{ name: 'm/model.onnx', content: await readFile(join(folder, 'src/m/model.onnx')) }])
      : gzipSync(await readFile(join(folder, 'whole.tar')));
    await write(name, whole.subarray(0, whole.length / 2));
    await expect(importVersion(request('archive', name))).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    expect(await readdir(join(folder, 'library'))).toEqual([]);
  });

  test('whose bytes are not what it says is refused', async () => {
    const bytes = zipOf([{ name: 'model.onnx', content: 'graph graph graph' }]);
    bytes[45] = (bytes[45] ?? 0) ^ 1;
    await write('in.zip', bytes);
    await expect(importVersion(request('archive', 'in.zip'))).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
    });
  });
});

describe('while it is copied', () => {
  test('progress rises to the total', async () => {
    await write('big/model.onnx', Buffer.alloc(1_000_000, 3));
    const seen: ImportProgress[] = [];
    await importVersion(request('versionFolder', 'big', { onProgress: (progress) => seen.push(progress) }));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.map(({ doneBytes }) => doneBytes)).toEqual(
      seen.map(({ doneBytes }) => doneBytes).sort((a, b) => a - b),
    );
    expect(seen.at(-1)).toEqual({ doneBytes: 1_000_000, totalBytes: 1_000_000 });
  });

  test('LS2: no number appears before it is complete, and stopping leaves nothing behind', async () => {
    await write('big/model.onnx', Buffer.alloc(3_000_000, 3));
    const stop = new AbortController();
    const during: string[][] = [];
    const importing = importVersion(
      request('versionFolder', 'big', {
        signal: stop.signal,
        onProgress: ({ doneBytes }) => {
          if (doneBytes < 1_000_000) return;
          stop.abort();
        },
      }),
    );
    await expect(importing).rejects.toMatchObject({ code: 'CANCELLED' });
    during.push(await readdir(join(folder, 'library')));
    expect(during).toEqual([[]]);
  });

  test('a model whose folder is away is not given a new one', async () => {
    await write('x.onnx');
    await expect(importVersion(request('modelFile', 'x.onnx', { isNewModel: false }))).rejects.toMatchObject({
      code: 'BASE_PATH_MISSING',
    });
    expect(await readdir(folder)).toEqual(['x.onnx']);
  });

  test('a folder that cannot be written to is said so, without its path', async () => {
    await write('x.onnx');
    await write('library', 'a file');
    const failure = await importVersion(request('modelFile', 'x.onnx')).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'IMPORT_FAILED', params: { name: 'x.onnx' } });
    expect(String(failure)).not.toContain(folder);
  });

  test('what a crash left of an earlier import is cleared after a day', async () => {
    await write('x.onnx');
    await write('library/digits/.slipway-import-old/model.onnx');
    await write('library/digits/.slipway-import-new/model.onnx');
    await utimes(join(folder, 'library/digits/.slipway-import-old'), new Date(0), new Date(0));
    await importVersion(request('modelFile', 'x.onnx', { isNewModel: false }));
    expect((await readdir(join(folder, 'library/digits'))).sort()).toEqual(['.slipway-import-new', '1']);
  });
});

describe('the model in a list of files', () => {
  test.each<[string[], string | null | undefined]>([
    [['model.onnx'], ''],
    [['a/b/model.onnx', 'a/readme'], 'a/b/'],
    [['vit/onnx/model.onnx', 'vit/config.json'], 'vit/'],
    [['a/model.onnx', 'b/model.onnx'], undefined],
    [['a/model.bin'], null],
    [[], null],
  ])('%j', (names, folder) => expect(modelFolderIn(names, isModel)).toBe(folder));
});
