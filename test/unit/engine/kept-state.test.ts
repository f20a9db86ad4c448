import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../app/base/clock';
import { defaultSettings } from '../../../app/contract/settings';
import type { Inverse } from '../../../main/engine/entry-patch';
import { Forecasts } from '../../../main/engine/forecasts';
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

  test('KS1: keeps what was committed, in order, across a restart', async () => {
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

  test('models of one run are not kept until something is set about them, and hide kept ones only meanwhile', async () => {
    const kept = await ModelRegistry.open(folder, systemClock, onBroken);
    await kept.commit(new Map([['a', entry('a')]]));
    await kept.seed([
      { name: 'a', basePath: '/elsewhere/a' },
      { name: 'b', basePath: '/elsewhere/b' },
      { name: 'c', basePath: '/elsewhere/c' },
    ]);
    expect(kept.get('a').basePath).toBe('/elsewhere/a');
    await kept.commit(new Map([['c', { ...kept.get('c'), keepLastGood: false }]]));
    const reopened = await ModelRegistry.open(folder, systemClock, onBroken);
    expect([...reopened.all()].map((it) => it.basePath)).toEqual(['/models/a', '/elsewhere/c']);
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
  const insert = (name: string): Inverse => ({
    kind: 'insert',
    entry: modelEntrySchema.parse({ name, basePath: '/models' }),
    deletesCopies: false,
  });
  const open = (limit?: number): Promise<UndoStack> => UndoStack.open(folder, systemClock, onBroken, limit);
  const nameOf = (inverse: Inverse): string => (inverse.kind === 'insert' ? inverse.entry.name : '');

  test('runs each inverse once, in any order, also after a restart', async () => {
    const before = await open();
    const a = before.push(insert('a'));
    const b = before.push(insert('b'));
    const c = before.push(insert('c'));
    const done: string[] = [];
    const carryOut = async (inverse: Inverse): Promise<void> => void done.push(nameOf(inverse));
    await before.run(b, carryOut);
    const undo = await open();
    const d = undo.push(insert('d'));
    expect(new Set([a, b, c, d]).size).toBe(4);
    for (const token of [c, d, a]) await undo.run(token, carryOut);
    for (const token of [a, b])
      await expect(undo.run(token, carryOut)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect(done).toEqual(['b', 'c', 'd', 'a']);
  });

  test('keeps one that failed for another try', async () => {
    const undo = await open();
    const token = undo.push(insert('a'));
    const fail = (): Promise<void> => Promise.reject(new Error('disk full'));
    await expect(undo.run(token, fail)).rejects.toThrow('disk full');
    await undo.run(token, () => Promise.resolve());
  });

  test('forgets the oldest beyond its bound', async () => {
    const undo = await open(2);
    const tokens = ['a', 'b', 'c'].map((name) => undo.push(insert(name)));
    const nothing = (): Promise<void> => Promise.resolve();
    await expect(undo.run(tokens[0] ?? '', nothing)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    await undo.run(tokens[1] ?? '', nothing);
  });

  test('forgets nothing of a person for what a program does', async () => {
    const undo = await open(2);
    const person = undo.push(insert('a'));
    const programs = ['b', 'c', 'd'].map((name) => undo.push(insert(name), 'program'));
    expect(undo.tokens()).toEqual({ byPerson: [person], byProgram: programs.slice(1) });
    await undo.save(); // nothing is written any more when the folder goes
  });

  test('a corrupt file is kept aside and said', async () => {
    await writeFile(join(folder, 'undo.json'), '{"version":1');
    await open();
    expect(broken).toEqual(['undo.json']);
  });
});

test('what a version took is known after a restart', async () => {
  const version = { version: 1, path: '/models/a/1', sizeBytes: 5, files: [], fingerprint: 'f' };
  const before = await Forecasts.open(folder, systemClock, onBroken);
  before.note(version, 100);
  before.note(version, 300);
  before.note(version, 200);
  await before.save();
  const forecasts = await Forecasts.open(folder, systemClock, onBroken);
  expect(forecasts.of(version)).toBe(300);
  expect(forecasts.of({ ...version, fingerprint: 'g' })).toBeUndefined();
});
