import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../app/base/clock';
import { defaultSettings } from '../../../app/contract/settings';
import { ModelRegistry, modelEntrySchema } from '../../../main/engine/model-registry';
import { SettingsStore } from '../../../main/engine/settings-store';
import { StateFile } from '../../../main/engine/state-file';
import { UndoStack } from '../../../main/engine/undo-stack';

let folder: string;
const broken: string[] = [];
const onBroken = (file: string): void => {
  broken.push(file);
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-state-'));
  broken.length = 0;
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});
const entry = (name: string) => modelEntrySchema.parse({ name, basePath: `/models/${name}` });

describe('a state file', () => {
  test('writes that come during a write share one that has the latest text', async () => {
    const file = new StateFile(join(folder, 'a.json'));
    const made: number[] = [];
    let value = 1;
    const write = () =>
      file.write(() => {
        made.push(value);
        return String(value);
      });
    const writes = [write()];
    value = 2;
    writes.push(write());
    value = 3;
    writes.push(write(), write());
    await Promise.all(writes);
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('3');
    expect(made.length).toBeLessThanOrEqual(2);
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  test('a write that fails leaves the old content', async () => {
    await writeFile(join(folder, 'a.json'), 'old');
    const file = new StateFile(join(folder, 'a.json'));
    await expect(
      file.write(() => {
        throw new Error('no text');
      }),
    ).rejects.toThrow('no text');
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.json']);
  });
});

describe('settings', () => {
  const open = (overrides = {}) => SettingsStore.open(folder, overrides, systemClock, onBroken);

  test('survive a restart, while overrides of one run are not kept', async () => {
    const first = await open({ stabilityMs: 0 });
    const heard: string[] = [];
    first.onDidChange((it) => heard.push(it.theme));
    await first.set({ theme: 'dark' });
    expect(first.get()).toEqual({ ...defaultSettings, theme: 'dark', stabilityMs: 0 });
    expect(heard).toEqual(['dark']);
    expect((await open()).get()).toEqual({ ...defaultSettings, theme: 'dark' });
  });

  test('a value out of range is refused and nothing changes', async () => {
    const settings = await open();
    await expect(settings.set({ theme: 'dark', stabilityMs: -1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(settings.get()).toEqual(defaultSettings);
    expect(await readdir(folder)).toEqual([]);
  });

  test('one that cannot be read falls back alone', async () => {
    await writeFile(
      join(folder, 'settings.json'),
      '{"theme":"neon","density":"comfortable","fromTheFuture":1}',
    );
    expect((await open()).get()).toEqual({ ...defaultSettings, density: 'comfortable' });
    expect(broken).toEqual([]);
  });

  test('a file that is no JSON is kept aside and said', async () => {
    await writeFile(join(folder, 'settings.json'), '{"theme":');
    expect((await open()).get()).toEqual(defaultSettings);
    expect(broken).toEqual(['settings.json']);
    const [aside] = await readdir(folder);
    expect(aside).toMatch(/^settings\.json\.\d+\.broken$/);
    expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe('{"theme":');
  });
});

describe('the registry of models', () => {
  const open = () => ModelRegistry.open(folder, systemClock, onBroken);

  test('keeps what was committed, in order, across a restart', async () => {
    const first = await open();
    const a = {
      ...entry('a'),
      policy: { kind: 'specific' as const, versions: [1, 3] },
      overrides: { '3': 'unload' as const },
    };
    await first.commit(
      new Map([
        ['b', entry('b')],
        ['a', a],
      ]),
    );
    first.touch('b', 5);
    await first.commit(new Map([['c', entry('c')]]));
    await first.commit(new Map([['c', null]]));
    const second = await open();
    expect([...second.all()]).toEqual([{ ...entry('b'), lastUsedAtMs: 5 }, a]);
    expect(() => second.get('c')).toThrowError(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }));
  });

  test('entries of another version of the app are written back untouched', async () => {
    const strange = { name: 'z', basePath: '/z', shinyNewSetting: true };
    await writeFile(
      join(folder, 'models.json'),
      JSON.stringify({ version: 1, models: [strange, { name: 'a', basePath: '/a' }] }),
    );
    const registry = await open();
    expect([...registry.all()].map((it) => it.name)).toEqual(['a']);
    await registry.commit(new Map([['b', entry('b')]]));
    const kept = JSON.parse(await readFile(join(folder, 'models.json'), 'utf8')) as { models: unknown[] };
    expect(kept.models[0]).toEqual(strange);
    expect(kept.models).toHaveLength(3);
  });

  test('a change that cannot be written is not made', async () => {
    const registry = await open();
    await registry.commit(new Map([['a', entry('a')]]));
    await rm(folder, { recursive: true });
    await expect(
      registry.commit(
        new Map([
          ['a', null],
          ['b', entry('b')],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
    expect([...registry.all()].map((it) => it.name)).toEqual(['a']);
    const { mkdir } = await import('node:fs/promises');
    await mkdir(folder);
  });

  test('a corrupt file is kept aside and said, and the next commit starts a new one', async () => {
    await writeFile(join(folder, 'models.json'), '{"version":1,"models":[{"name":"a"');
    const registry = await open();
    expect(broken).toEqual(['models.json']);
    await registry.commit(new Map([['b', entry('b')]]));
    expect((await readdir(folder)).sort()).toEqual([
      'models.json',
      expect.stringMatching(/models\.json\.\d+\.broken/),
    ]);
  });

  test('ten thousand models open, and one of them changes quickly', async () => {
    const models = Array.from({ length: 10_000 }, (_, index) => entry(`model-${index}`));
    await writeFile(join(folder, 'models.json'), JSON.stringify({ version: 1, models }));
    const registry = await open();
    expect(registry.size).toBe(10_000);
    await registry.save(); // makes the line of each model once
    const startMs = performance.now();
    await registry.commit(new Map([['model-7', { ...entry('model-7'), keepLastGood: false }]]));
    expect(performance.now() - startMs).toBeLessThan(500);
    expect((await open()).get('model-7').keepLastGood).toBe(false);
  });
});

describe('undo', () => {
  test('runs each inverse once, in any order', async () => {
    const undo = new UndoStack();
    const done: string[] = [];
    const a = undo.push(async () => void done.push('a'));
    const b = undo.push(async () => void done.push('b'));
    await undo.run(a);
    await undo.run(b);
    await expect(undo.run(a)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect(done).toEqual(['a', 'b']);
  });

  test('keeps one that failed for another try', async () => {
    const undo = new UndoStack();
    let fails = true;
    const token = undo.push(() => (fails ? Promise.reject(new Error('disk full')) : Promise.resolve()));
    await expect(undo.run(token)).rejects.toThrow('disk full');
    fails = false;
    await undo.run(token);
  });

  test('forgets the oldest beyond its bound', async () => {
    const undo = new UndoStack(2);
    const tokens = [1, 2, 3].map(() => undo.push(() => Promise.resolve()));
    await expect(undo.run(tokens[0] ?? '')).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    await undo.run(tokens[1] ?? '');
  });
});
