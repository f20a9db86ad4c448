import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../app/base/clock';
import { FileSystemSource } from '../../../main/sources/file-system-source';
import type { FolderWatcher } from '../../../main/sources/folder-watcher';
import type { ChangedVersion } from '../../../main/sources/model-scan';
import { PollingWatcher } from '../../../main/sources/polling-watcher';
import { SystemWatcher } from '../../../main/sources/system-watcher';
import { watched } from '../../support/source-bench';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-source-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

async function write(...parts: string[]): Promise<void> {
  const path = join(folder, ...parts);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, 'x');
}

/** A real source on real folders; `said` waits for a list to be aspired. The safety scan is off, so that only events can bring it. */
function start(watcher: FolderWatcher = new SystemWatcher()) {
  const source = new FileSystemSource({ clock: systemClock, watcher, safetyScanMs: 3_600_000 });
  onTestFinished(() => source.close());
  const waiting: { readonly key: string; readonly resolve: () => void }[] = [];
  let now = '';
  source.setAspiredVersionsCallback((_name, items) => {
    now = items.map((item) => item.id.version).join();
    for (const wait of waiting.filter(({ key }) => key === now)) wait.resolve();
  });
  const said = (...versions: number[]): Promise<void> => {
    const key = versions.join();
    return key === now ? Promise.resolve() : new Promise((resolve) => waiting.push({ key, resolve }));
  };
  const changed = new Promise<ChangedVersion>((resolve) => source.onDidChangeVersion(resolve));
  return { source, said, changed };
}

const model = (settings: Parameters<typeof watched>[1] = {}) =>
  watched('m', { basePath: join(folder, 'm'), policy: { kind: 'all' }, ...settings });

describe('on real folders', () => {
  test('a version copied in is aspired within 1 s of its last write', async () => {
    await write('m', '1', 'model.onnx');
    const { source, said } = start();
    source.setModels([model()]);
    await said(1);
    await write('m', '2', 'model.onnx');
    for (let part = 0; part < 5; part++) await appendFile(join(folder, 'm', '2', 'model.onnx'), 'more');
    const lastWriteMs = performance.now();
    await said(2, 1);
    expect(performance.now() - lastWriteMs).toBeLessThan(1_000);
    expect(performance.now() - lastWriteMs).toBeGreaterThan(400);
  });

  test('a deleted version is let go, a renamed one follows its name', async () => {
    for (const version of ['1', '2', '3']) await write('m', version, 'model.onnx');
    const { source, said } = start();
    source.setModels([model()]);
    await said(3, 2, 1);
    await rm(join(folder, 'm', '3'), { recursive: true });
    await said(2, 1);
    await rename(join(folder, 'm', '2'), join(folder, 'm', '7'));
    await said(7, 1);
  });

  test('bytes changed in place are told', async () => {
    await write('m', '1', 'model.onnx');
    const { source, said, changed } = start();
    source.setModels([model()]);
    await said(1);
    await appendFile(join(folder, 'm', '1', 'model.onnx'), 'more');
    expect(await changed).toMatchObject({ name: 'm', version: 1, sizeBytes: 5 });
  });

  test('a folder that is deleted and made again is watched again', async () => {
    await write('m', '1', 'model.onnx');
    const { source, said } = start();
    source.setModels([model({ keepLastGood: false })]);
    await said(1);
    await rm(join(folder, 'm'), { recursive: true });
    await said();
    await write('m', '5', 'model.onnx');
    await said(5);
    await write('m', '6', 'model.onnx');
    await said(6, 5);
  });

  test('a version folder that is replaced by another of the same name is still watched', async () => {
    await write('m', '1', 'model.onnx');
    await write('new', 'model.onnx');
    await appendFile(join(folder, 'new', 'model.onnx'), 'longer');
    const { source, said } = start();
    const changes: ChangedVersion[] = [];
    let told = (): void => {};
    source.onDidChangeVersion((change) => {
      changes.push(change);
      told();
    });
    source.setModels([model()]);
    await said(1);
    const first = new Promise<void>((resolve) => (told = resolve));
    await rm(join(folder, 'm', '1'), { recursive: true });
    await rename(join(folder, 'new'), join(folder, 'm', '1'));
    await first;
    const second = new Promise<void>((resolve) => (told = resolve));
    await appendFile(join(folder, 'm', '1', 'model.onnx'), 'longer still');
    await second;
    expect(changes.map((change) => change.sizeBytes)).toEqual([7, 19]);
  });

  test('a folder that is made after the model was added is found', async () => {
    const { source, said } = start();
    source.setModels([model()]);
    await source.rescan('m');
    expect(source.scanOf('m')?.problem?.code).toBe('BASE_PATH_MISSING');
    await write('m', '1', 'model.onnx');
    await said(1);
  });
});

test('polling finds a new version as well', async () => {
  await write('m', '1', 'model.onnx');
  const { source, said } = start(new PollingWatcher(50));
  source.setModels([model()]);
  await said(1);
  await write('m', '2', 'model.onnx');
  await said(2, 1);
});

test('a folder that is not there, or goes, ends by itself; closing ends nothing', async () => {
  const watcher = new SystemWatcher();
  const ended: string[] = [];
  let told = (): void => {};
  watcher.onDidEnd((path) => {
    ended.push(path);
    told();
  });
  const next = (): Promise<void> => new Promise((resolve) => (told = resolve));
  const missing = next();
  watcher.watch(join(folder, 'none'));
  expect(ended).toEqual([]);
  await missing;
  await mkdir(join(folder, 'm'));
  watcher.watch(join(folder, 'm'));
  const gone = next();
  await rm(join(folder, 'm'), { recursive: true });
  await gone;
  watcher.watch(folder);
  await watcher.close();
  expect(ended).toEqual([join(folder, 'none'), join(folder, 'm')]);
});
