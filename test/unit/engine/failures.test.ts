import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ModelEvent } from '../../../app/contract/models';
import { recordModels } from '../../../main/engine/history';
import type { Engine } from '../../../main/engine-api';
import { EngineBench, until, untilWords, versionOf } from './engine-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
  await bench.version('digits', 1);
});
afterEach(() => bench.close());

const start = (
  more: { kind: 'all' } | { kind: 'latest'; count: number } = { kind: 'all' },
): Promise<Engine> =>
  bench.start({ models: [{ name: 'digits', basePath: bench.path('digits'), policy: more }] });
const answerOf = async (engine: Engine, version: number): Promise<string | null | undefined> => {
  const picture = new Uint8Array([1]);
  const answer = await engine.inference.classify({ model: 'digits', version: { version }, picture, top: 1 });
  return answer.classes[0]?.label;
};
/** A link to itself: there, but nobody can read it, not even root. */
const unreadable = (path: string): Promise<void> => symlink(path, path);

describe.skipIf(process.platform === 'win32')('what goes wrong with files', () => {
  test('a file that cannot be read fails its version alone, and it is loaded when the file can be read', async () => {
    await bench.version('digits', 2);
    const file = bench.path('digits', '2', 'model.onnx');
    await rm(file);
    await unreadable(file);
    const engine = await start();
    const model = await untilWords(engine, 'digits', '2 failed, 1 available');
    expect(versionOf(model, 2)?.error?.code).toBe('MODEL_FILE_UNREADABLE');
    expect(versionOf(model, 2)?.error?.detail).not.toContain(bench.folder);
    await rm(file);
    await writeFile(file, 'repaired');
    await untilWords(engine, 'digits', '2 available, 1 available');
    expect(await answerOf(engine, 2)).toBe('repaired');
  });

  test('a link that leaves the folder fails its version alone, also when it appears while the app runs', async () => {
    const engine = await start();
    await untilWords(engine, 'digits', '1 available');
    const secret = await bench.version('elsewhere', 1, 'secret');
    await symlink(secret, bench.path('digits', '2'));
    const model = await untilWords(engine, 'digits', '2 failed, 1 available');
    expect(versionOf(model, 2)?.error?.code).toBe('DROP_LINK_LEAVES_FOLDER');
    const { reason, error } = await engine.models.explain('digits', 2);
    expect([reason, error?.code]).toEqual(['failed', 'DROP_LINK_LEAVES_FOLDER']);
  });

  test('a model folder that cannot be read drops nothing and comes back by itself', async () => {
    const engine = await start();
    await untilWords(engine, 'digits', '1 available');
    await rename(bench.path('digits'), bench.path('aside'));
    await unreadable(bench.path('digits'));
    const model = await until(engine, 'digits', (it) => it.problem?.code === 'BASE_PATH_UNREADABLE');
    expect(versionOf(model, 1)?.lifecycle).toBe('available');
    expect(await answerOf(engine, 1)).toBe('digits-1');
    await rm(bench.path('digits'));
    await rename(bench.path('aside'), bench.path('digits'));
    await until(engine, 'digits', (it) => it.problem === null);
    expect(await answerOf(engine, 1)).toBe('digits-1');
  });
});

test('the same version number under a new path is another version: it is loaded from there', async () => {
  await bench.version('moved', 1, 'from the new path');
  const engine = await start();
  await untilWords(engine, 'digits', '1 available');
  await engine.models.remove('digits');
  const { ticket, items } = await engine.models.offer([bench.path('moved')]);
  await engine.models.add(ticket, [{ id: items[0]?.id ?? '', as: 'model', name: 'digits' }]);
  await untilWords(engine, 'digits', '1 available');
  expect(await answerOf(engine, 1)).toBe('from the new path');
});

test('a download that is not finished is not loaded until it has its name', async () => {
  const engine = await start({ kind: 'latest', count: 1 });
  await untilWords(engine, 'digits', '1 available');
  const partial = bench.path('digits', '2', 'weights.bin.part');
  await bench.version('incoming', 3);
  await writeFile(bench.path('incoming', '3', 'weights.bin.part'), 'half');
  await rename(bench.path('incoming', '3'), bench.path('digits', '2'));
  const model = await untilWords(engine, 'digits', '2 onDisk, 1 available');
  expect(versionOf(model, 2)?.harness).toBeNull();
  expect((await engine.models.explain('digits', 2)).reason).toBe('stillChanging');
  await rename(partial, bench.path('digits', '2', 'weights.bin'));
  await until(engine, 'digits', (it) => versionOf(it, 2)?.lifecycle === 'available');
});

test('a failed version is tried again at once when its files change, without waiting for the next try', async () => {
  await bench.version('digits', 1, 'bad');
  const engine = await bench.start({
    models: [{ name: 'digits', basePath: bench.path('digits') }],
    settings: { maxLoadRetries: 5 },
  });
  await untilWords(engine, 'digits', '1 failed');
  await bench.version('digits', 1, 'repaired');
  await untilWords(engine, 'digits', '1 available');
  expect(await answerOf(engine, 1)).toBe('repaired');
});

test('cancel calls off the next try, and load begins again', async () => {
  await bench.version('digits', 1, 'slow');
  const engine = await bench.start({
    models: [{ name: 'digits', basePath: bench.path('digits') }],
    serving: { loadRetryIntervalMs: 3_600_000 },
    settings: { maxLoadRetries: 5 },
  });
  await untilWords(engine, 'digits', '1 loading');
  bench.runners.named('digits').exit({ code: 3, signal: null });
  await until(engine, 'digits', (it) => typeof versionOf(it, 1)?.nextAttemptAtMs === 'number');
  await engine.models.cancelLoad('digits', 1);
  const model = await untilWords(engine, 'digits', '1 unloaded');
  expect(versionOf(model, 1)).toMatchObject({ nextAttemptAtMs: null, error: null });
  await engine.models.load('digits', 1);
  await untilWords(engine, 'digits', '1 loading');
  bench.runners.release();
  await untilWords(engine, 'digits', '1 available');
});

test('a process that refuses to end is ended by force after some seconds, which the log says', async () => {
  const engine = await start();
  await untilWords(engine, 'digits', '1 available');
  bench.runners.named('digits 1').swallow = true;
  await engine.models.unload('digits', 1);
  await untilWords(engine, 'digits', '1 unloaded');
  const events = await engine.models.events({ model: 'digits', limit: 100 });
  expect(events.filter(({ kind }) => kind === 'runnerExited')).toMatchObject([
    { version: 1, cause: 'runner', error: { code: 'RUNNER_END_FORCED' } },
  ]);
}, 30_000);

describe('files that change while nothing is loaded from them', () => {
  const models = () => [{ name: 'digits', basePath: bench.path('digits') }];
  const recorded = (engine: Engine): Promise<unknown> =>
    until(engine, 'digits', (it) => typeof versionOf(it, 1)?.contentHash === 'string');
  const alarmed = (engine: Engine) =>
    until(engine, 'digits', (it) => versionOf(it, 1)?.isOtherContent === true);
  const kinds = async (engine: Engine): Promise<string[]> =>
    (await engine.models.events({ model: 'digits', limit: 100 }))
      .filter(({ kind }) => kind.startsWith('content'))
      .map(({ kind, cause }) => `${kind} by ${cause}`);

  test('while the app is closed: the next load raises an alarm, at each start, until a person keeps the content', async () => {
    const first = await bench.start({ models: models() });
    await recorded(first);
    await first.close();
    await bench.version('digits', 1, 'other');
    for (let start = 0; start < 2; start++) {
      const engine = await bench.start({ models: models() });
      const model = await alarmed(engine);
      expect(versionOf(model, 1)).toMatchObject({ lifecycle: 'available', isChangedOnDisk: false });
      expect((await kinds(engine))[0]).toBe('contentReplaced by content');
      expect(await engine.models.stateAt(Date.now())).toEqual(recordModels(engine.models.snapshot().models));
      if (start === 1) {
        await engine.models.retry('digits', 1);
        expect(await answerOf(engine, 1)).toBe('other'); // it went on answering
        expect(versionOf(engine.models.get('digits') ?? model, 1)?.isOtherContent).toBe(false);
        expect((await kinds(engine))[0]).toBe('contentRecorded by person');
      }
      await engine.close();
    }
    const last = await bench.start({ models: models() });
    await untilLogged(last, 'contentRecorded');
    expect(versionOf(await untilWords(last, 'digits', '1 available'), 1)?.isOtherContent).toBe(false);
  });

  test('the alarm outlives a crash, after which the new content is what answers', async () => {
    const engine = await bench.start({ models: models() });
    await recorded(engine);
    await bench.version('digits', 1, 'other');
    await until(engine, 'digits', (it) => versionOf(it, 1)?.isChangedOnDisk === true);
    bench.runners.named('digits').kill();
    await alarmed(engine);
    expect(await answerOf(engine, 1)).toBe('other');
  });

  test('what a person reloads raises none, and another folder of that name neither', async () => {
    const engine = await bench.start({ models: models() });
    await recorded(engine);
    await bench.version('digits', 1, 'other');
    await until(engine, 'digits', (it) => versionOf(it, 1)?.isChangedOnDisk === true);
    const reloaded = untilLogged(engine, 'contentRecorded');
    await engine.models.retry('digits', 1);
    await reloaded;
    expect(versionOf(await untilWords(engine, 'digits', '1 available'), 1)?.isOtherContent).toBe(false);
    await engine.models.remove('digits');
    await bench.version('elsewhere', 1, 'third');
    const again = untilLogged(engine, 'contentRecorded');
    const { ticket, items } = await engine.models.offer([bench.path('elsewhere')]);
    await engine.models.add(ticket, [{ id: items[0]?.id ?? '', as: 'model', name: 'digits' }]);
    await again;
    expect((await kinds(engine)).every((it) => it === 'contentRecorded by content')).toBe(true);
  });
});

const untilLogged = (engine: Engine, kind: ModelEvent['kind']): Promise<void> =>
  new Promise((resolve) => {
    const subscription = engine.models.onDidLog((events) => {
      if (!events.some((it) => it.kind === kind)) return;
      subscription.dispose();
      resolve();
    });
  });
