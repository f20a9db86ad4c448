import { describe, expect, onTestFinished, test } from 'vitest';
import type { WatchedModel } from '../../../main/sources/model-scan';
import { settle } from '../../support/fake-clock';
import { runningBench, SourceBench, sourceBench, watched } from '../../support/source-bench';

describe('stability', () => {
  test('files that have long lain still are aspired at the first look', async () => {
    const { calls } = await runningBench([1, 2]);
    expect(calls).toEqual([{ name: 'm', versions: [2], paths: ['/m/2'], errors: [] }]);
  });

  test('folders known to be complete are aspired at the first look, however new; later ones wait as any', async () => {
    const { clock, files, source, watcher, last, calls } = sourceBench();
    files.write('/m/1/model.onnx', 10);
    source.setModels([watched('m', { isComplete: true })]);
    await clock.advance(0);
    expect(calls.map(({ versions }) => versions)).toEqual([[1]]);
    files.write('/m/2/model.onnx', 10);
    watcher.touch('/m');
    await clock.advance(400);
    expect(last()).toEqual([1]);
    await clock.advance(200);
    expect(last()).toEqual([2]);
  });

  test('FS6: a new version is aspired when its files were the same for 500 ms, and within 1 s of the last write', async () => {
    const { clock, files, watcher, last } = await runningBench([1]);
    files.write('/m/2/model.onnx', 10);
    watcher.touch('/m');
    await clock.advance(400);
    files.write('/m/2/model.onnx', 20);
    watcher.touch('/m/2');
    await clock.advance(499);
    expect(last()).toEqual([1]);
    await clock.advance(101);
    expect(last()).toEqual([2]);
  });

  test('a version that is written to without an event is not aspired before it has rested either', async () => {
    const { clock, files, watcher, last } = await runningBench([1]);
    files.write('/m/2/model.onnx', 10);
    watcher.touch('/m');
    for (let size = 11; size < 20; size++) {
      await clock.advance(300);
      files.write('/m/2/model.onnx', size);
    }
    await clock.advance(400);
    expect(last()).toEqual([1]);
    await clock.advance(600);
    expect(last()).toEqual([2]);
  });

  test('looking again sooner, because of an event that changed nothing, does not shorten the wait', async () => {
    const { clock, files, watcher, last } = await runningBench([1]);
    files.write('/m/2/model.onnx', 10);
    watcher.touch('/m');
    for (let ms = 0; ms < 400; ms += 100) {
      await clock.advance(100);
      watcher.touch('/m/2');
    }
    expect(last()).toEqual([1]);
    await clock.advance(300);
    expect(last()).toEqual([2]);
  });

  test('a file added to the folder restarts the wait', async () => {
    const { clock, files, watcher, last } = await runningBench([1]);
    files.write('/m/2/model.onnx');
    watcher.touch('/m');
    await clock.advance(450);
    files.write('/m/2/model.onnx.data', 5);
    watcher.touch('/m/2');
    await clock.advance(450);
    expect(last()).toEqual([1]);
    await clock.advance(200);
    expect(last()).toEqual([2]);
  });

  test('a folder with a partial download waits until that file has its name', async () => {
    const { clock, files, watcher, last } = await runningBench([1]);
    files.write('/m/2/model.onnx');
    files.write('/m/2/model.onnx.data.crdownload', 5);
    watcher.touch('/m');
    await clock.advance(60_000);
    expect(last()).toEqual([1]);
    files.rename('/m/2/model.onnx.data.crdownload', '/m/2/model.onnx.data');
    watcher.touch('/m/2');
    await clock.advance(1_000);
    expect(last()).toEqual([2]);
  });

  test('files that were written just before the first look are waited for too', async () => {
    const { clock, files, source, calls, last } = sourceBench();
    files.write('/m/1/model.onnx');
    source.setModels([watched()]);
    await clock.advance(400);
    expect(calls).toEqual([]);
    await clock.advance(200);
    expect(last()).toEqual([1]);
  });

  test('FS11: at the first look an old version waits for newer ones that are about to settle', async () => {
    const { clock, files, source, calls } = sourceBench({ isAvailable: () => false });
    files.write('/m/1/model.onnx');
    await clock.advance(10_000);
    files.write('/m/2/model.onnx');
    files.write('/m/3/model.onnx');
    source.setModels([watched()]);
    await clock.advance(400);
    expect(calls).toEqual([]);
    await clock.advance(200);
    expect(calls.map((call) => call.versions)).toEqual([[3]]);
  });

  test('it waits no longer than for stability, not for what is no model, and what is loaded stays', async () => {
    const { clock, files, watcher, source, last } = sourceBench({
      isAvailable: (name) => name === 'loaded',
      isModel: (names) => names.includes('model.onnx'),
    });
    for (const name of ['slow', 'empty', 'loaded']) files.write(`/${name}/1/model.onnx`);
    files.write('/empty/2/notes.txt');
    await clock.advance(10_000);
    for (const name of ['slow', 'loaded']) files.write(`/${name}/2/model.onnx`);
    source.setModels(['slow', 'empty', 'loaded'].map((name) => watched(name)));
    await clock.advance(0);
    expect([last('slow'), last('empty'), last('loaded')]).toEqual([null, [1], [1]]);
    for (let size = 2; size < 9; size++) {
      await clock.advance(100);
      files.write('/slow/2/model.onnx', size);
      watcher.touch('/slow/2');
    }
    expect(last('slow')).toEqual([1]);
    await clock.advance(1_000);
    expect(last('slow')).toEqual([2]);
  });

  test('an event that never came is made up for by the safety scan', async () => {
    const { clock, files, last } = await runningBench([1]);
    files.write('/m/2/model.onnx');
    await clock.advance(29_000);
    expect(last()).toEqual([1]);
    await clock.advance(2_000);
    expect(last()).toEqual([2]);
  });

  test('a burst of events is answered by one look', async () => {
    const { clock, files, watcher } = await runningBench([1]);
    await clock.advance(100);
    const before = files.lists;
    for (let i = 0; i < 100; i++) watcher.touch('/m/1');
    await clock.advance(100);
    expect(files.lists - before).toBeLessThanOrEqual(2);
  });
});

describe('what leaves', () => {
  test('a version folder deleted while others remain is let go', async () => {
    const { clock, files, watcher, last } = await runningBench([1, 2, 3, 4]);
    files.remove('/m/4');
    watcher.touch('/m');
    await clock.advance(1_000);
    expect(last()).toEqual([3]);
  });

  test('a version that is deleted and put back within the wait was never away', async () => {
    const { clock, files, watcher, take } = await runningBench([1, 4]);
    take();
    files.remove('/m/4');
    watcher.touch('/m');
    await clock.advance(300);
    files.write('/m/4/model.onnx');
    watcher.touch('/m');
    await clock.advance(2_000);
    expect(take().every((call) => call.versions.join() === '4')).toBe(true);
  });

  test.each([true, false])(
    'a rename to another number goes over in one step (keeping the last good: %s)',
    async (keepLastGood) => {
      const { clock, files, watcher, take } = await runningBench([4], { keepLastGood });
      take();
      files.rename('/m/4', '/m/5');
      watcher.touch('/m');
      await clock.advance(2_000);
      expect(take().map((call) => call.versions)).toEqual([[5]]);
    },
  );

  test.each([
    { keepLastGood: true, said: [[5, 4], [5]] },
    { keepLastGood: false, said: [[5]] },
  ])(
    'the only version stays until the one that replaces it is written or, to keep the last good ($keepLastGood), available',
    async ({ keepLastGood, said }) => {
      const available = new Set([4]);
      const { clock, files, watcher, source, take } = sourceBench({
        isAvailable: (_name, version) => available.has(version),
      });
      files.write('/m/4/model.onnx');
      await clock.advance(1_000);
      source.setModels([watched('m', { keepLastGood })]);
      await clock.advance(0);
      take();
      files.remove('/m/4');
      watcher.touch('/m');
      await clock.advance(300);
      files.write('/m/5/model.onnx');
      watcher.touch('/m');
      await clock.advance(2_000);
      available.add(5);
      source.reconsider('m');
      expect(take().map((call) => call.versions)).toEqual(said);
    },
  );

  test('FS7: when every version vanishes, the last good one stays aspired and is marked as gone', async () => {
    const { clock, files, watcher, source, last } = await runningBench([3, 4]);
    files.remove('/m/3');
    files.remove('/m/4');
    watcher.touch('/m');
    await clock.advance(60_000);
    expect(last()).toEqual([4]);
    expect(source.scanOf('m')?.versions).toMatchObject([{ version: 4, isOnDisk: false }]);
    expect(source.scanOf('m')?.problem?.code).toBe('DROP_NO_VERSION_FOLDERS');
  });

  test('when the base path vanishes, the last good one stays, and the problem is the model’s', async () => {
    const { clock, files, watcher, source, last } = await runningBench([4]);
    files.remove('/m');
    watcher.end('/m');
    await clock.advance(5_000);
    expect(last()).toEqual([4]);
    expect(source.scanOf('m')?.problem?.code).toBe('BASE_PATH_MISSING');
    files.write('/m/4/model.onnx');
    await clock.advance(2_000);
    expect(source.scanOf('m')).toMatchObject({ problem: null, versions: [{ version: 4, isOnDisk: true }] });
    expect(watcher.watched.has('/m')).toBe(true);
  });

  test('without the wish to keep it, a vanished folder lets go of everything', async () => {
    const { clock, files, watcher, last } = await runningBench([4], { keepLastGood: false });
    files.remove('/m');
    watcher.end('/m');
    await clock.advance(5_000);
    expect(last()).toEqual([]);
  });

  test('a folder that cannot be read drops nothing, whatever the wish', async () => {
    const { clock, files, source, last } = await runningBench([4], { keepLastGood: false });
    files.fail('/m', 'EACCES');
    await source.rescan('m');
    await clock.advance(60_000);
    expect(last()).toEqual([4]);
    expect(source.scanOf('m')?.problem?.code).toBe('BASE_PATH_UNREADABLE');
    files.heal('/m');
    await clock.advance(60_000);
    expect(source.scanOf('m')?.problem).toBeNull();
  });

  test('what is kept is let go when the person unloads it', async () => {
    const { clock, files, source, last } = await runningBench([4]);
    files.remove('/m');
    await source.rescan('m');
    await clock.advance(2_000);
    source.updateModel(watched('m', { overrides: new Map([[4, 'unload']]) }));
    expect(last()).toEqual([]);
  });

  test('what is kept stays until its successor is available', async () => {
    const available = new Set([4]);
    const { clock, files, source, last } = sourceBench({
      isAvailable: (_name, version) => available.has(version),
    });
    files.write('/m/4/model.onnx');
    source.setModels([watched()]);
    await clock.advance(1_000);
    files.remove('/m/4');
    await source.rescan('m');
    await clock.advance(2_000);
    files.write('/m/5/model.onnx');
    await source.rescan('m');
    await clock.advance(2_000);
    expect(last()).toEqual([5, 4]);
    available.add(5);
    source.reconsider('m');
    expect(last()).toEqual([5]);
    available.delete(5); // it died: the files of 4 are gone all the same
    source.reconsider('m');
    expect(last()).toEqual([5]);
  });

  /** Versions of which only those in `available` answer; `vanish` takes a folder away for good. */
  async function served(
    versions: readonly number[],
    settings: Partial<WatchedModel>,
    available: Set<number>,
  ) {
    const bench = sourceBench({ isAvailable: (_name, version) => available.has(version) });
    for (const version of versions) bench.files.write(`/m/${version}/model.onnx`);
    await bench.clock.advance(1_000);
    bench.source.setModels([watched('m', settings)]);
    await bench.clock.advance(1_000);
    const vanish = async (version: number): Promise<void> => {
      bench.files.remove(`/m/${version}`);
      bench.watcher.touch('/m');
      await bench.clock.advance(2_000);
    };
    return { ...bench, vanish };
  }

  test('the last good one stays although other versions are there, when none of them is asked for', async () => {
    const policy = { kind: 'specific' as const, versions: [1] };
    const { last, vanish, source } = await served([1, 2], { policy }, new Set([1]));
    expect(last()).toEqual([1]);
    await vanish(1);
    expect(last()).toEqual([1]);
    expect(source.scanOf('m')).toMatchObject({
      versions: [{ version: 2 }, { version: 1, isOnDisk: false }],
      missingVersions: [1],
    });
    source.updateModel(watched('m', { policy, keepLastGood: false }));
    expect(last()).toEqual([]);
  });

  test('the last good one stays beside what is asked for in its place until that is available', async () => {
    const available = new Set([2]);
    const { last, vanish, source } = await served([1, 2], {}, available);
    await vanish(2);
    expect(last()).toEqual([2, 1]);
    available.add(1);
    source.reconsider('m');
    expect(last()).toEqual([1]);
  });

  test('it goes at once where another one that is asked for answers, or when it is not to be kept', async () => {
    const policy = { kind: 'latest' as const, count: 2 };
    const both = await served([1, 2, 3], { policy }, new Set([3, 2]));
    await both.vanish(3);
    expect(both.last()).toEqual([2, 1]);
    const careless = await served([1, 2], { keepLastGood: false }, new Set([2]));
    await careless.vanish(2);
    expect(careless.last()).toEqual([1]);
  });

  test('what vanishes before it was ever good does not take the place of what was', async () => {
    const { files, watcher, clock, last, vanish } = await served([3], {}, new Set([3]));
    await vanish(3);
    files.write('/m/4/model.onnx');
    watcher.touch('/m');
    await clock.advance(2_000);
    expect(last()).toEqual([4, 3]);
    await vanish(4);
    expect(last()).toEqual([3]);
  });
});

describe('the first look', () => {
  test.each([
    [
      'changed settings',
      async ({ source }: SourceBench) =>
        source.updateModel(watched('m', { overrides: new Map([[9, 'load']]) })),
    ],
    ['a folder that is slow to answer', async ({ clock }: SourceBench) => clock.advance(11_000)],
  ])('nothing is aspired before it has ended: %s', async (_what, disturb) => {
    const bench = sourceBench();
    const { files, clock, source, calls, last } = bench;
    for (const version of [1, 2, 3, 4]) files.write(`/m/${version}/model.onnx`);
    await clock.advance(1_000);
    const release = files.hang('/m/4');
    source.setModels([watched()]);
    await clock.advance(200);
    await disturb(bench);
    expect(calls).toEqual([]);
    release();
    await settle();
    await clock.advance(1_000);
    expect(last()).toEqual([4]);
  });
});

describe('settings', () => {
  test('a policy takes effect at once, without a look at the disk', async () => {
    const { files, source, last } = await runningBench([1, 2, 3]);
    const before = files.lists;
    source.updateModel(watched('m', { policy: { kind: 'all' } }));
    expect(last()).toEqual([3, 2, 1]);
    source.updateModel(
      watched('m', {
        overrides: new Map([
          [1, 'load'],
          [3, 'unload'],
        ]),
      }),
    );
    expect(last()).toEqual([1]);
    expect(files.lists).toBe(before);
  });

  test('a removed model is emptied at once, and nothing follows', async () => {
    const { clock, source, watcher, take } = await runningBench([1]);
    take();
    const scan = source.rescan('m');
    source.removeModel('m');
    expect(take()).toEqual([{ name: 'm', versions: [], paths: [], errors: [] }]);
    await scan;
    await clock.advance(60_000);
    expect(take()).toEqual([]);
    expect(watcher.watched.size).toBe(0);
  });

  test('another base path drops nothing before it was looked at', async () => {
    const { clock, files, source, take, changes } = await runningBench([4], { keepLastGood: false });
    take();
    files.write('/other/5/model.onnx');
    source.updateModel(watched('m', { basePath: '/other', keepLastGood: false }));
    await clock.advance(1_000);
    expect(take().map((call) => call.paths)).toEqual([['/other/5']]);
    expect(changes).toEqual([]);
  });

  test('the same number under another base path with other files is told as a change', async () => {
    const { clock, files, source, changes } = await runningBench([4]);
    files.write('/other/4/model.onnx', 99);
    source.updateModel(watched('m', { basePath: '/other' }));
    await clock.advance(1_000);
    expect(changes).toMatchObject([{ name: 'm', version: 4, path: '/other/4' }]);
  });

  test('connecting after the first look emits what is known', async () => {
    const made = new SourceBench();
    onTestFinished(() => made.source.close());
    made.files.write('/m/1/model.onnx');
    made.source.setModels([watched()]);
    await made.clock.advance(1_000);
    made.connect();
    expect(made.take().map((call) => call.versions)).toEqual([[1]]);
  });
});
