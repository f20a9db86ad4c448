import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../../main/engine-api';
import { EngineBench, until, untilWords, versionOf } from './engine-bench';

let bench: EngineBench;
let engine: Engine;
const picture = new Uint8Array([1]);
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2, 3]) await bench.version('digits', version);
  engine = await bench.start();
  await addFolder('digits');
  await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
});
afterEach(() => bench.close());

async function addFolder(name: string, as = name) {
  const { ticket, items } = await engine.models.offer([bench.path(name)]);
  return engine.models.add(ticket, [{ id: items[0]?.id ?? '', as: 'model', name: as }]);
}
const undone = async ({ undo }: { undo: string | null }) => engine.models.undo(undo ?? 'nothing to undo');

describe('what a person does', () => {
  test('load against the policy stays loaded, shows as an override, and is taken back by undo', async () => {
    const action = await engine.models.load('digits', 1);
    const model = await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 available');
    expect(versionOf(model, 1)).toMatchObject({ override: 'load', isAspired: true });
    await undone(action);
    expect(
      versionOf(await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 unloaded'), 1)?.override,
    ).toBeNull();
  });

  test('unload against the policy leaves the others, and loading again follows the policy', async () => {
    const action = await engine.models.unload('digits', 3);
    const model = await untilWords(engine, 'digits', '3 unloaded, 2 onDisk, 1 onDisk');
    expect(versionOf(model, 3)).toMatchObject({ override: 'unload', isAspired: false });
    await engine.models.load('digits', 3);
    expect(
      versionOf(await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk'), 3)?.override,
    ).toBeNull();
    await undone(action); // it had no override before the unload either
    await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
  });

  test('a newer folder without a model does not confuse what the policy asks for', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(bench.path('digits', '5'));
    await until(engine, 'digits', (it) => versionOf(it, 5)?.lifecycle === 'failed');
    await engine.models.unload('digits', 3);
    await untilWords(engine, 'digits', '5 failed, 3 unloaded, 2 onDisk, 1 onDisk');
  });

  test('what is so already changes nothing and leaves nothing to undo', async () => {
    expect(await engine.models.load('digits', 3)).toEqual({ undo: null });
    expect(await engine.models.unload('digits', 1)).toEqual({ undo: null });
    const same = await engine.models.applyPolicy(
      'digits',
      { kind: 'latest', count: 1 },
      'availabilityPreserving',
    );
    expect(same).toEqual({ undo: null });
  });

  test('a policy takes the place of what was done by hand, and undo brings both back', async () => {
    await engine.models.load('digits', 1);
    await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 available');
    const action = await engine.models.applyPolicy(
      'digits',
      { kind: 'specific', versions: [2] },
      'resourcePreserving',
    );
    const model = await untilWords(engine, 'digits', '3 unloaded, 2 available, 1 unloaded');
    expect(model).toMatchObject({
      policy: { kind: 'specific', versions: [2] },
      switching: 'resourcePreserving',
    });
    await undone(action);
    const back = await untilWords(engine, 'digits', '3 available, 2 unloaded, 1 available');
    expect(back).toMatchObject({ policy: { kind: 'latest', count: 1 }, switching: 'availabilityPreserving' });
  });

  test('undo of a policy leaves alone what was done by hand since', async () => {
    await engine.models.load('digits', 1);
    const action = await engine.models.applyPolicy('digits', { kind: 'all' }, 'availabilityPreserving');
    await untilWords(engine, 'digits', '3 available, 2 available, 1 available');
    await engine.models.unload('digits', 3);
    await engine.models.unload('digits', 1);
    await untilWords(engine, 'digits', '3 unloaded, 2 available, 1 unloaded');
    await undone(action);
    const model = await untilWords(engine, 'digits', '3 unloaded, 2 unloaded, 1 unloaded');
    expect(model.policy).toEqual({ kind: 'latest', count: 1 });
    expect(model.versions.map((it) => it.override)).toEqual(['unload', null, 'unload']);
  });

  test('undo of an older action leaves a newer one alone', async () => {
    const first = await engine.models.load('digits', 1);
    await engine.models.load('digits', 2);
    await untilWords(engine, 'digits', '3 available, 2 available, 1 available');
    await undone(first);
    await untilWords(engine, 'digits', '3 available, 2 available, 1 unloaded');
    await expect(undone(first)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  test('remove forgets the model but not its files; undo brings it back with all that was set', async () => {
    await engine.models.applyPolicy('digits', { kind: 'all' }, 'availabilityPreserving');
    await engine.models.setLabel('digits', 'stable', 2);
    await untilWords(engine, 'digits', '3 available, 2 available, 1 available');
    const action = await engine.models.remove('digits');
    expect(engine.models.get('digits')).toBeUndefined();
    expect(engine.models.snapshot().models).toEqual([]);
    await expect(engine.models.load('digits', 1)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await undone(action);
    const model = await untilWords(engine, 'digits', '3 available, 2 available, 1 available');
    expect(model.policy).toEqual({ kind: 'all' });
    expect(model.labels).toEqual([{ label: 'stable', version: 2, appliedVersion: 2, isPending: false }]);
  });

  test('undo of an addition removes it again', async () => {
    await bench.version('letters', 1);
    const added = await addFolder('letters');
    expect(added.added).toEqual([{ id: 'item-1', model: 'letters', version: null }]);
    await untilWords(engine, 'letters', '1 available');
    await undone(added);
    expect(engine.models.get('letters')).toBeUndefined();
  });

  test('undo of an addition goes on although one of its models was removed or replaced meanwhile', async () => {
    for (const name of ['a', 'b', 'c']) await bench.version(name, 1);
    const { ticket, items } = await engine.models.offer(['a', 'b', 'c'].map((name) => bench.path(name)));
    const added = await engine.models.add(
      ticket,
      items.map(({ id }, index) => ({ id, as: 'model' as const, name: 'abc'[index] ?? '' })),
    );
    await engine.models.remove('b');
    await engine.models.remove('c');
    await bench.version('other', 1);
    await addFolder('other', 'c');
    expect(await undone(added)).toEqual({ action: 'modelAdded', models: ['a', 'b', 'c'] });
    expect(engine.models.snapshot().models.map(({ name }) => name)).toEqual(['digits', 'c']);
    expect(engine.models.folderOf('c')).toBe(bench.path('other'));
  });

  test('a name that is taken is refused, and nothing else is harmed', async () => {
    await bench.version('letters', 1);
    const { added, refused, undo } = await addFolder('letters', 'digits');
    expect({ added, undo }).toEqual({ added: [], undo: null });
    expect(refused[0]?.error.code).toBe('MODEL_NAME_TAKEN');
    await expect(engine.models.add('no-such-ticket', [])).rejects.toMatchObject({ code: 'DROP_EXPIRED' });
  });

  test('a label is pending until its version is available, and then names it wherever a version is named', async () => {
    const classify = (label: string) =>
      engine.inference.classify({ model: 'digits', version: { label }, picture, top: 1 });
    const action = await engine.models.setLabel('digits', 'canary', 1);
    expect(engine.models.get('digits')?.labels).toEqual([
      { label: 'canary', version: 1, appliedVersion: null, isPending: true },
    ]);
    await expect(classify('canary')).rejects.toMatchObject({ code: 'SERVABLE_NOT_FOUND' });
    await expect(classify('stable')).rejects.toMatchObject({ code: 'LABEL_UNKNOWN' });
    await engine.models.load('digits', 1);
    await until(engine, 'digits', (it) => it.labels[0]?.isPending === false);
    expect((await classify('canary')).version).toBe(1);
    await engine.models.setLabel('digits', 'canary', 3);
    expect((await classify('canary')).version).toBe(3);
    await engine.models.setLabel('digits', 'canary', null);
    await expect(classify('canary')).rejects.toMatchObject({ code: 'LABEL_UNKNOWN' });
    await undone(action); // before it there was none either
    expect(engine.models.get('digits')?.labels).toEqual([]);
    const told = (await engine.models.events({ limit: 100 })).toReversed();
    expect(
      told.filter(({ kind }) => /^label/.test(kind)).map(({ kind, cause, params }) => [kind, cause, params]),
    ).toEqual([
      ['labelSet', 'person', { label: 'canary', version: '1' }],
      ['labelSet', 'policy', { label: 'canary', version: '1' }],
      ['labelSet', 'person', { label: 'canary', version: '3' }],
      ['labelRemoved', 'person', { label: 'canary' }],
    ]);
    await expect(engine.models.setLabel('digits', 'a/b', 1)).rejects.toMatchObject({
      code: 'MODEL_NAME_INVALID',
    });
  });

  test('everything that was set survives a restart', async () => {
    await engine.models.applyPolicy('digits', { kind: 'latest', count: 2 }, 'resourcePreserving');
    await engine.models.unload('digits', 3);
    await engine.models.load('digits', 1);
    await engine.models.setLabel('digits', 'stable', 2);
    await untilWords(engine, 'digits', '3 unloaded, 2 available, 1 available');
    await engine.inference.classify({ model: 'digits', version: 'latest', picture, top: 1 });
    const before = engine.models.get('digits');
    await engine.close();
    engine = await bench.start();
    const model = await untilWords(engine, 'digits', '3 onDisk, 2 available, 1 available');
    expect(model.versions.map((it) => it.override)).toEqual(['unload', null, 'load']);
    for (const key of ['policy', 'switching', 'labels', 'lastUsedAtMs', 'displayPath'] as const) {
      expect(model[key]).toEqual(before?.[key]);
    }
    expect(model.lastUsedAtMs).not.toBeNull();
  });

  test('what was done before a restart can still be taken back, also an addition with its copy', async () => {
    const policy = await engine.models.applyPolicy('digits', { kind: 'all' }, 'resourcePreserving');
    const label = await engine.models.setLabel('digits', 'stable', 2);
    await bench.version('drop', 9, 'dropped');
    const { ticket, items } = await engine.models.offer([bench.path('drop', '9', 'model.onnx')]);
    const copied = await engine.models.add(ticket, [
      { id: items[0]?.id ?? '', as: 'nextVersion', model: 'digits' },
    ]);
    await untilWords(engine, 'digits', '4 available, 3 available, 2 available, 1 available');
    const removed = await engine.models.remove('digits');
    await engine.close();
    engine = await bench.start();
    await undone(removed);
    await untilWords(engine, 'digits', '4 available, 3 available, 2 available, 1 available');
    for (const action of [policy, label, copied]) await undone(action);
    const model = await untilWords(engine, 'digits', '3 available, 2 unloaded, 1 unloaded');
    expect(model).toMatchObject({ switching: 'availabilityPreserving', labels: [] });
    await expect(undone(policy)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  test('what can be taken back is listed, oldest first, also after a restart', async () => {
    const [addition] = engine.models.undoable().byPerson;
    const first = await engine.models.setLabel('digits', 'stable', 2);
    const second = await engine.models.setKeepLastGood('digits', false);
    await engine.close();
    engine = await bench.start();
    expect(engine.models.undoable().byPerson).toEqual([addition, first.undo, second.undo]);
    expect(await undone(first)).toEqual({ action: 'labelSet', models: ['digits'] });
    expect(engine.models.undoable().byPerson).toEqual([addition, second.undo]);
  });

  test('cancel stops a load that runs; retry makes it go on', async () => {
    await bench.version('digits', 4, 'slow');
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'loading');
    await engine.models.cancelLoad('digits', 4);
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'unloaded');
    await engine.models.retry('digits', 4);
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'loading');
    bench.runners.release();
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'available');
  });

  test('load begins again what was cancelled, as retry does, and leaves nothing to take back', async () => {
    await bench.version('digits', 4, 'slow');
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'loading');
    await engine.models.cancelLoad('digits', 4);
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'unloaded');
    expect(await engine.models.load('digits', 4)).toEqual({ undo: null });
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'loading');
    expect(await engine.models.load('digits', 4)).toEqual({ undo: null }); // it runs: nothing begins twice
    bench.runners.release();
    await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'available');
    const asked = (await engine.models.events({ model: 'digits', limit: 100 })).filter(
      (it) => it.kind === 'retryRequested',
    );
    expect(asked).toMatchObject([{ version: 4, cause: 'person' }]);
  });

  test('files that change in place are noticed, times alone are not, and retry loads what is there', async () => {
    const { utimes } = await import('node:fs/promises');
    const { join } = await import('node:path');
    const file = join(bench.path('digits', '3'), 'model.onnx');
    const later = new Date(Date.now() + 5_000);
    await utimes(file, later, later);
    await engine.models.rescan('digits');
    await bench.version('digits', 3, 'trained again');
    const changed = await until(engine, 'digits', (it) => versionOf(it, 3)?.isChangedOnDisk === true);
    expect(versionOf(changed, 3)?.lifecycle).toBe('available');
    const told = (await engine.models.events({ model: 'digits', limit: 100 })).filter(
      (it) => it.kind === 'changedOnDisk',
    );
    expect(told).toHaveLength(1);
    await engine.models.retry('digits', 3);
    const model = await until(engine, 'digits', (it) => {
      const version = versionOf(it, 3);
      return version?.lifecycle === 'available' && !version.isChangedOnDisk;
    });
    expect(model.versions).toHaveLength(3);
    const answer = await engine.inference.classify({
      model: 'digits',
      version: { version: 3 },
      picture,
      top: 1,
    });
    expect(answer.classes[0]?.label).toBe('trained again');
  });

  test('what is not there is refused by name', async () => {
    const notThere = { code: 'VERSION_NOT_FOUND', params: { model: 'digits', version: '9' } };
    for (const action of ['load', 'unload', 'retry', 'cancelLoad'] as const) {
      await expect(engine.models[action]('digits', 9)).rejects.toMatchObject(notThere);
    }
    expect(() => engine.models.folderOf('digits', 9)).toThrowError(expect.objectContaining(notThere));
    expect(engine.models.folderOf('digits', 1)).toBe(bench.path('digits', '1'));
  });
});
