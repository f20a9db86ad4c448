import { describe, expect, onTestFinished, test } from 'vitest';
import { isAnyModel } from '../../main/platforms/registry';
import { connectSourceToTarget } from '../../main/serving/source';
import { StaticSource } from '../../main/sources/static-source';
import { ServingWorld } from '../support/serving-world';
import { type Call, SourceBench, watched } from '../support/source-bench';

/** One poll: a look at every model, without the wait for stability, which TensorFlow Serving does not have. */
async function poll(bench: SourceBench, ...names: string[]): Promise<Call[]> {
  bench.take();
  for (const name of names.length === 0 ? ['m'] : names) await bench.source.rescan(name);
  return bench.take();
}

function connected(...folders: string[]): SourceBench {
  const bench = new SourceBench({ stabilityMs: 0 }).connect();
  onTestFinished(() => bench.source.close());
  for (const folder of folders) bench.files.folder(folder);
  return bench;
}

const versionsOf = (calls: readonly Call[]): (readonly number[])[] => calls.map((call) => call.versions);

describe('file-system source', () => {
  test('T146: an existing base path without versions emits an empty list', async () => {
    const bench = connected('/m');
    bench.source.setModels([watched('m', { keepLastGood: false })]);
    expect(await poll(bench)).toEqual([{ name: 'm', versions: [], paths: [], errors: [] }]);
  });

  test('T148: a missing base path is an error without a callback; once it is there its versions are emitted', async () => {
    const bench = connected();
    bench.source.setModels([watched()]);
    expect(await poll(bench)).toEqual([]);
    expect(bench.source.scanOf('m')?.problem).toMatchObject({
      code: 'BASE_PATH_MISSING',
      status: 'INVALID_ARGUMENT',
    });
    bench.files.folder('/m/3');
    expect(versionsOf(await poll(bench))).toEqual([[3]]);
  });

  test('T150: children that are no numbers are ignored', async () => {
    const bench = connected('/m/3', '/m/42', '/m/non_numerical_child');
    bench.source.setModels([watched()]);
    expect(versionsOf(await poll(bench))).toEqual([[42]]);
  });

  test('T151 [FS2]: latest three of five are the highest, in descending order', async () => {
    const bench = connected('/m/42', '/m/33', '/m/30', '/m/21', '/m/17');
    bench.source.setModels([watched('m', { policy: { kind: 'latest', count: 3 } })]);
    expect(versionsOf(await poll(bench))).toEqual([[42, 33, 30]]);
  });

  test('T152: the default policy and a latest count of zero mean the highest; all means all', async () => {
    const bench = connected('/m/17', '/m/42');
    bench.source.setModels([watched()]);
    expect(versionsOf(await poll(bench))).toEqual([[42]]);
    bench.source.updateModel(watched('m', { policy: { kind: 'latest', count: 0 } }));
    expect(versionsOf(await poll(bench))).toEqual([[42]]);
    bench.source.updateModel(watched('m', { policy: { kind: 'all' } }));
    expect(versionsOf(await poll(bench))).toEqual([[42, 17]]);
  });

  test('T153: specific versions that exist are aspired, missing ones are named', async () => {
    const bench = connected('/m/17', '/m/42', '/m/21');
    bench.source.setModels([watched('m', { policy: { kind: 'specific', versions: [17, 42, 99] } })]);
    expect(versionsOf(await poll(bench))).toEqual([[42, 17]]);
    expect(bench.source.scanOf('m')?.missingVersions).toEqual([99]);
  });

  test('T154: paths carry the names of the folders, leading zeros included', async () => {
    const bench = connected('/m/00017', '/m/42');
    bench.source.setModels([watched('m', { policy: { kind: 'specific', versions: [17, 42] } })]);
    expect((await poll(bench))[0]?.paths).toEqual(['/m/42', '/m/00017']);
  });

  test('T155: no specific version emits an empty list', async () => {
    const bench = connected('/m/1');
    bench.source.setModels([watched('m', { policy: { kind: 'specific', versions: [] } })]);
    expect(versionsOf(await poll(bench))).toEqual([[]]);
  });

  test('T156 [FS1]: of two names for one number the last is taken; a timestamp is a version', async () => {
    const bench = connected('/m/001', '/m/1', '/n/20170111173521');
    bench.source.setModels([watched('m'), watched('n')]);
    const calls = await poll(bench, 'm', 'n');
    expect(calls.map((call) => call.paths)).toEqual([['/m/1'], ['/n/20170111173521']]);
    expect(calls[1]?.versions).toEqual([20170111173521]);
  });

  test('T157: a name with more than a number is no version until it is renamed', async () => {
    const bench = connected('/m/1', '/m/2.denied');
    bench.source.setModels([watched()]);
    expect(versionsOf(await poll(bench))).toEqual([[1]]);
    bench.files.rename('/m/2.denied', '/m/2');
    expect(versionsOf(await poll(bench))).toEqual([[2]]);
  });

  test('T158: when versions are to be always present and all are removed, no callback comes', async () => {
    const bench = connected('/m/3');
    bench.source.setModels([watched('m', { keepLastGood: true })]);
    expect(versionsOf(await poll(bench))).toEqual([[3]]);
    bench.files.remove('/m/3');
    expect(await poll(bench)).toEqual([]);
  });

  test('T159 [FS9]: of a changed config, what is left out is emptied at once, what is new comes, the rest is untouched', async () => {
    const bench = connected('/a/1', '/b/1', '/c/1');
    bench.source.setModels([watched('a'), watched('b')]);
    await poll(bench, 'a', 'b');
    bench.source.setModels([watched('b'), watched('c')]);
    expect(bench.take()).toEqual([{ name: 'a', versions: [], paths: [], errors: [] }]);
    expect(await poll(bench, 'c')).toMatchObject([{ name: 'c', versions: [1] }]);
  });

  test('T160: the set follows a changed policy', async () => {
    const bench = connected('/m/1', '/m/02', '/m/3', '/m/5', '/m/8', '/m/13');
    const under = async (policy: Parameters<typeof watched>[1]): Promise<(readonly number[])[]> => {
      bench.source.setModels([watched('m', policy)]);
      return versionsOf(await poll(bench));
    };
    expect(await under({ policy: { kind: 'latest', count: 1 } })).toEqual([[13]]);
    expect(await under({ policy: { kind: 'latest', count: 3 } })).toEqual([[13, 8, 5]]);
    expect(await under({ policy: { kind: 'specific', versions: [2, 3] } })).toEqual([[3, 2]]);
    expect(await under({ policy: { kind: 'all' } })).toEqual([[13, 8, 5, 3, 2, 1]]);
  });

  test('T161 [FS4]: other times hold while the source runs', async () => {
    const bench = new SourceBench({ stabilityMs: 500, safetyScanMs: 60_000 }).connect();
    onTestFinished(() => bench.source.close());
    bench.files.folder('/m');
    bench.source.setModels([watched()]);
    await bench.clock.advance(0);
    bench.source.setTimes({ stabilityMs: 2_000, safetyScanMs: 60_000 });
    bench.files.write('/m/1/model.onnx');
    await poll(bench);
    await bench.clock.advance(1_900);
    expect(bench.last()).not.toEqual([1]);
    await bench.clock.advance(200);
    expect(bench.last()).toEqual([1]);
  });

  test('T163: a new base path with the same number aspires the same id, and the manager reloads nothing', async () => {
    const world = new ServingWorld();
    const bench = new SourceBench({ stabilityMs: 0 });
    onTestFinished(() => bench.source.close());
    bench.files.write('/m/1/model.onnx', 1);
    bench.files.write('/other/1/model.onnx', 2);
    const lists: string[][] = [];
    bench.source.setAspiredVersionsCallback((name, items) => {
      lists.push(items.flatMap((item) => (item.ok ? [item.data.path] : [])));
      const loaders = items.flatMap(({ id, ...item }) =>
        item.ok ? [world.item(name, id.version, () => {}, item.data.fingerprint)] : [],
      );
      world.manager.aspiredVersionsCallback()(name, loaders);
    });
    bench.source.setModels([watched()]);
    await bench.source.rescan('m');
    await world.rest();
    const served = world.handle('m').servable;
    bench.source.setModels([watched('m', { basePath: '/other' })]);
    await bench.source.rescan('m');
    expect(lists.at(-1)).toEqual(['/other/1']);
    expect(await world.rest()).toEqual([]);
    expect(world.events).toEqual(['m:1 start', 'm:1 loading', 'm:1 available']);
    expect(world.handle('m').servable).toBe(served);
  });

  test('T164: a listing that names descendants counts each version once', async () => {
    const bench = connected('/m/7');
    bench.files.remove('/m/7');
    bench.files.write('/m/7/model');
    bench.files.listAlso('/m', ['7/model', '7/vars/x']);
    bench.source.setModels([watched('m', { policy: { kind: 'all' } })]);
    expect(versionsOf(await poll(bench))).toEqual([[7]]);
  });

  test('T165 [FS5]: a plain file named with a number is a version; what no platform can load is shown and not aspired', async () => {
    const anything = connected('/m');
    anything.files.write('/m/4');
    anything.source.setModels([watched()]);
    expect(await poll(anything)).toMatchObject([{ versions: [4], paths: ['/m/4'], errors: [] }]);
    const ours = new SourceBench({ stabilityMs: 0, isModel: isAnyModel }).connect();
    onTestFinished(() => ours.source.close());
    ours.files.write('/m/4');
    ours.files.write('/m/3/model.onnx');
    ours.source.setModels([watched()]);
    expect(versionsOf(await poll(ours))).toEqual([[3]]);
    expect(ours.source.scanOf('m')?.versions).toMatchObject([
      { version: 4, error: { code: 'MODEL_FILE_MISSING' } },
      { version: 3, error: null },
    ]);
  });
});

test('T166: a static source calls once, with one version', () => {
  const calls: unknown[] = [];
  connectSourceToTarget(new StaticSource('m', 7, '/models/m/7'), {
    aspiredVersionsCallback: () => (name, versions) => calls.push([name, versions]),
    detach: () => {},
  });
  expect(calls).toEqual([['m', [{ id: { name: 'm', version: 7 }, ok: true, data: '/models/m/7' }]]]);
});
