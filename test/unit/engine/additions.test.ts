import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OfferItem, undoLimit } from '../../../app/contract/models';
import type { Engine } from '../../../main/engine-api';
import { EngineBench, until, untilWords } from './engine-bench';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const picture = new Uint8Array([1]);
let bench: EngineBench;
let engine: Engine;
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2]) await bench.version('digits', version);
  engine = await bench.start({ samplesFolder: samples });
});
afterEach(() => bench.close());

async function offerOne(...path: string[]): Promise<{ ticket: string; item: OfferItem }> {
  const { ticket, items } = await engine.models.offer([bench.path(...path)]);
  const [item] = items;
  if (!item || items.length !== 1) throw new Error(`Offered ${JSON.stringify(items)}`);
  return { ticket, item };
}
async function addDigits(): Promise<void> {
  const { ticket, item } = await offerOne('digits');
  await engine.models.add(ticket, [{ id: item.id, as: 'model', name: 'digits' }]);
  await untilWords(engine, 'digits', '2 available, 1 onDisk');
}
async function put(name: string, content: string): Promise<void> {
  await mkdir(bench.path('downloads'), { recursive: true });
  await writeFile(bench.path('downloads', name), content);
}

describe('adding', () => {
  test('looks without touching: an offer alone adds nothing', async () => {
    const { item } = await offerOne('digits');
    expect(item).toMatchObject({ kind: 'model', name: 'digits', versions: [2, 1] });
    expect(engine.models.snapshot().models).toEqual([]);
  });

  test('a lone model file becomes the next version of a model, in its folder, and undo takes the copy back', async () => {
    await addDigits();
    await put('digits-new.onnx', 'fresh');
    const { ticket, item } = await offerOne('downloads', 'digits-new.onnx');
    expect(item).toMatchObject({ kind: 'version', targets: [{ model: 'digits', nextVersion: 3 }] });
    const result = await engine.models.add(ticket, [{ id: item.id, as: 'nextVersion', model: 'digits' }]);
    expect(result.added).toEqual([{ id: item.id, model: 'digits', version: 3 }]);
    await untilWords(engine, 'digits', '3 available, 2 unloaded, 1 onDisk');
    const answer = await engine.inference.classify({ model: 'digits', version: 'latest', picture, top: 1 });
    expect(answer.classes[0]?.label).toBe('fresh');
    await engine.models.undo(result.undo ?? '');
    await until(engine, 'digits', (it) => it.versions.every(({ version }) => version < 3));
    expect(await readdir(bench.path('digits'))).toEqual(['1', '2']);
    expect(await readdir(bench.path('downloads'))).toEqual(['digits-new.onnx']);
  });

  const library = (...path: string[]): string => join(bench.stateFolder, 'library', ...path);
  async function addBirds(): Promise<string> {
    const { ticket, item } = await offerOne('downloads', 'birds.onnx');
    const { undo } = await engine.models.add(ticket, [{ id: item.id, as: 'model', name: 'birds' }]);
    await untilWords(engine, 'birds', '1 available');
    return undo ?? '';
  }

  test('a lone model file becomes a new model in the library; other files under that name later do not mix with it', async () => {
    await put('birds.onnx', 'robin');
    await addBirds();
    expect(engine.models.folderOf('birds')).toBe(library('birds'));
    await engine.models.remove('birds');
    await put('birds.onnx', 'wren');
    await addBirds();
    expect(engine.models.folderOf('birds')).toBe(library('birds-2'));
  });

  test('the same file again takes up the copy that is there, and undo leaves it there', async () => {
    await put('birds.onnx', 'robin');
    let undo = '';
    for (let round = 0; round < 3; round++) {
      if (round > 0) await engine.models.remove('birds');
      undo = await addBirds();
    }
    expect(await readdir(library())).toEqual(['birds']);
    await engine.models.undo(undo);
    expect(await readdir(library('birds'))).toEqual(['1']);
  });

  test('undo of an addition takes the copies back although the model was removed meanwhile', async () => {
    await put('birds.onnx', 'robin');
    const undo = await addBirds();
    await engine.models.remove('birds');
    await engine.models.undo(undo);
    expect(await readdir(library())).toEqual([]);
  });

  test('copies are deleted with their model when it is said so, once that cannot be taken back any more', async () => {
    await put('birds.onnx', 'robin');
    await addBirds();
    await addDigits();
    expect(engine.models.snapshot().models.map((it) => [it.name, it.holdsCopies])).toEqual([
      ['birds', true],
      ['digits', false],
    ]);
    const others = { deletesCopies: true };
    await engine.models.undo((await engine.models.remove('birds', others)).undo ?? '');
    await untilWords(engine, 'birds', '1 available');
    await engine.models.remove('birds', others);
    await engine.models.remove('digits', others);
    expect(await readdir(library())).toEqual(['birds']);
    await addDigits();
    for (let count = 0; count < undoLimit; count++)
      await engine.models.setLabel('digits', 'stable', count % 2 === 0 ? 1 : 2);
    await engine.close();
    expect(await readdir(library())).toEqual([]);
    expect(await readdir(bench.path('digits'))).toEqual(['1', '2']);
  });

  test('what cannot be taken is refused with its reason, and the rest is added', async () => {
    await put('a.onnx', 'a');
    await put('b.onnx', 'b');
    const { ticket, items } = await engine.models.offer([
      bench.path('downloads', 'a.onnx'),
      bench.path('downloads', 'b.onnx'),
    ]);
    await rm(bench.path('downloads', 'a.onnx'));
    const [a, b] = items.map(({ id }) => id);
    const { added, refused } = await engine.models.add(ticket, [
      { id: a ?? '', as: 'model', name: 'a' },
      { id: b ?? '', as: 'model', name: 'b' },
      { id: b ?? '', as: 'nextVersion', model: 'nobody' },
      { id: 'invented', as: 'model', name: 'c' },
    ]);
    expect(added.map((it) => it.model)).toEqual(['b']);
    expect(refused.map(({ id, error }) => [id, error.code])).toEqual([
      [a, expect.any(String)],
      [b, 'MODEL_NOT_FOUND'],
      ['invented', 'INVALID_ARGUMENT'],
    ]);
    await untilWords(engine, 'b', '1 available');
  });

  test('a ticket is good until a hundred more offers were made', async () => {
    const { ticket, item } = await offerOne('digits');
    for (let count = 0; count < 100; count++) await engine.models.offer([]);
    await expect(
      engine.models.add(ticket, [{ id: item.id, as: 'model', name: 'digits' }]),
    ).rejects.toMatchObject({
      code: 'DROP_EXPIRED',
    });
  });

  test('the sample is copied to where it may be changed, once, and comes back as it was left', async () => {
    const { model, undo } = await engine.models.addSample();
    expect(model).toBe('fashion-mnist');
    const basePath = engine.models.folderOf(model);
    expect(basePath).toBe(join(bench.stateFolder, 'samples', model));
    expect((await readdir(basePath)).sort()).toEqual(['1', '2', '3', 'labels.txt']);
    const found = await until(engine, model, (it) => it.versions.length === 3);
    expect(found).toMatchObject({ isSample: true, policy: { kind: 'latest', count: 1 } });
    expect(await engine.models.addSample()).toEqual({ model, undo: null });
    await mkdir(join(basePath, '4'));
    await writeFile(join(basePath, '4', 'model.onnx'), 'mine');
    await engine.models.undo(undo ?? '');
    expect(engine.models.get(model)).toBeUndefined();
    await engine.models.addSample();
    await until(engine, model, (it) =>
      it.versions.some(({ version, lifecycle }) => version === 4 && lifecycle === 'available'),
    );
  });
});
