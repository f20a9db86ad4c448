import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { settle } from '../../support/fake-clock';
import { runningBench, SourceBench, sourceBench, watched } from '../../support/source-bench';

describe('changes in place', () => {
  test('FS8: other files in a stable version are told once they have rested, and the version stays aspired meanwhile', async () => {
    const { clock, files, watcher, changes, last } = await runningBench([1]);
    files.write('/m/1/model.onnx', 99);
    watcher.touch('/m/1');
    await clock.advance(400);
    expect(changes).toEqual([]);
    await clock.advance(300);
    expect(changes).toMatchObject([{ version: 1, sizeBytes: 99 }]);
    expect(last()).toEqual([1]);
  });

  test.each(['slipway.json', 'slipway.labels.json', '.DS_Store', 'Thumbs.db', '._model.onnx'])(
    '%s beside the model is no change',
    async (name) => {
      const { clock, files, watcher, changes } = await runningBench([1]);
      files.write(`/m/1/${name}`);
      watcher.touch('/m/1');
      await clock.advance(2_000);
      expect(changes).toEqual([]);
    },
  );
});

test('a version that comes while its model’s folder is listed for the first time is found by its event', async () => {
  const { clock, files, source, watcher, last } = sourceBench({ safetyScanMs: 3_600_000 });
  files.folder('/m');
  const list = files.list.bind(files);
  vi.spyOn(files, 'list').mockImplementationOnce(async (path) => {
    const entries = await list(path);
    files.write('/m/1/model.onnx');
    watcher.touch('/m');
    return entries;
  });
  source.setModels([watched()]);
  await clock.advance(2_000);
  expect(last()).toEqual([1]);
});

test('a model that is removed while its first look waits for others is not watched', async () => {
  const { clock, files, source, watcher } = sourceBench();
  const slow = Array.from({ length: 8 }, (_, at) => `slow${at}`);
  const releases = slow.map((name) => files.hang(`/${name}`));
  files.write('/m/1/model.onnx');
  source.setModels([...slow.map((name) => watched(name)), watched()]);
  await clock.advance(100);
  source.setModels(slow.map((name) => watched(name)));
  for (const release of releases) release();
  await clock.advance(2_000);
  expect([...watcher.watched].filter((path) => path.startsWith('/m'))).toEqual([]);
});

describe('isolation', () => {
  test('FS3: a folder that does not answer is that model’s problem, and the others go on', async () => {
    const { clock, files, source, last } = sourceBench();
    const release = files.hang('/slow');
    files.write('/slow/1/model.onnx');
    files.write('/m/1/model.onnx');
    await clock.advance(1_000);
    source.setModels([watched('slow'), watched('m')]);
    await clock.advance(1_000);
    expect(last('m')).toEqual([1]);
    await clock.advance(10_000);
    expect(source.scanOf('slow')?.problem?.code).toBe('BASE_PATH_UNREADABLE');
    const asked = source.rescan('slow'); // answers with what is known
    await clock.advance(10_000);
    expect((await asked)?.problem?.code).toBe('BASE_PATH_UNREADABLE');
    release();
    await settle();
    await clock.advance(1_000);
    expect(last('slow')).toEqual([1]);
    expect(source.scanOf('slow')?.problem).toBeNull();
  });

  test('asking again while a look is stuck does not wait for ever', async () => {
    const { clock, files, source } = sourceBench();
    files.write('/m/1/model.onnx');
    await clock.advance(1_000);
    source.setModels([watched()]);
    await clock.advance(1_000);
    const release = files.hang('/m');
    const answers = Promise.all([source.rescan('m'), source.rescan('m')]);
    await clock.advance(20_000);
    expect((await answers).map((scan) => scan?.problem?.code)).toEqual(Array(2).fill('BASE_PATH_UNREADABLE'));
    release();
    await settle();
  });

  test('nine folders that do not answer do not keep a tenth from being looked at for ever', async () => {
    const { clock, files, source, last } = sourceBench();
    const names = Array.from({ length: 9 }, (_, i) => `slow${i}`);
    const releases = names.map((name) => files.hang(`/${name}`));
    files.write('/m/1/model.onnx');
    await clock.advance(1_000);
    source.setModels([...names, 'm'].map((name) => watched(name)));
    await clock.advance(30_000);
    expect(last('m')).toEqual([1]);
    for (const release of releases) release();
    await settle();
  });

  test('FS10: a link that leaves the folder makes that version an errored one', async () => {
    const { clock, files, source, calls } = sourceBench();
    files.write('/secret/model.onnx');
    files.write('/m/1/model.onnx');
    files.link('/m/2/model.onnx', '/secret/model.onnx');
    files.link('/m/3', '/secret');
    await clock.advance(1_000);
    source.setModels([watched('m', { policy: { kind: 'all' } })]);
    await clock.advance(1_000);
    expect(calls.at(-1)).toMatchObject({ versions: [3, 2, 1], paths: ['/m/1'] });
    expect(calls.at(-1)?.errors.map((error) => error.code)).toEqual(Array(2).fill('DROP_LINK_LEAVES_FOLDER'));
  });

  test('a link inside the folder is fine, and a circle of links ends', async () => {
    const { clock, files, source, calls } = sourceBench();
    files.write('/m/shared/weights');
    files.write('/m/1/model.onnx');
    files.link('/m/1/weights', '/m/shared/weights');
    files.link('/m/1/round', '/m/1');
    await clock.advance(1_000);
    source.setModels([watched()]);
    await clock.advance(1_000);
    expect(calls.at(-1)).toMatchObject({ versions: [1], errors: [] });
  });

  test('a folder of 20,001 files is refused, one of 10,000 is not', async () => {
    const { clock, files, source, calls } = sourceBench();
    for (let i = 0; i < 10_000; i++) files.write(`/m/1/file${i}`);
    for (let i = 0; i < 20_001; i++) files.write(`/n/1/file${i}`);
    await clock.advance(1_000);
    source.setModels([watched('m'), watched('n')]);
    await source.rescan('m');
    await source.rescan('n');
    expect(calls.findLast((call) => call.name === 'm')).toMatchObject({ paths: ['/m/1'] });
    expect(calls.findLast((call) => call.name === 'n')?.errors[0]?.code).toBe('DROP_TOO_LARGE');
  });

  test('a target that throws is reported and hurts nobody', async () => {
    const { takeUnexpected } = await import('../../support/setup');
    const made = new SourceBench();
    onTestFinished(() => made.source.close());
    made.source.setAspiredVersionsCallback(() => {
      throw new Error('bad target');
    });
    made.files.write('/m/1/model.onnx');
    await made.clock.advance(1_000);
    made.source.setModels([watched()]);
    await made.clock.advance(1_000);
    expect(takeUnexpected().length).toBeGreaterThan(0);
    expect(made.source.scanOf('m')?.versions).toHaveLength(1);
  });
});

describe('what is no model', () => {
  const isModel = (files: readonly string[]): boolean => files.some((file) => file.endsWith('.onnx'));

  test('FS5: a version without a model file is set aside until one appears', async () => {
    const { clock, files, source, watcher, last } = sourceBench({ isModel });
    files.write('/m/3/model.onnx');
    files.write('/m/4/labels.txt');
    await clock.advance(1_000);
    source.setModels([watched()]);
    await clock.advance(0);
    expect(last()).toEqual([3]);
    expect(source.scanOf('m')?.versions[0]?.error?.code).toBe('MODEL_FILE_MISSING');
    files.write('/m/4/model.onnx');
    watcher.touch('/m/4');
    await clock.advance(1_000);
    expect(last()).toEqual([4]);
  });

  test('the model file taken out of the only version does not unload it', async () => {
    const { clock, files, source, watcher, last } = sourceBench({ isModel });
    files.write('/m/4/model.onnx');
    files.write('/m/4/labels.txt');
    await clock.advance(1_000);
    source.setModels([watched()]);
    await clock.advance(0);
    files.remove('/m/4/model.onnx');
    watcher.touch('/m/4');
    await clock.advance(5_000);
    expect(last()).toEqual([4]);
  });
});
