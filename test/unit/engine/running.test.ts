import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Model, Version } from '../../../app/contract/models';
import type { Engine } from '../../../main/engine-api';
import { failureOf } from '../../support/app-errors';
import { EngineBench, until, untilWords } from './engine-bench';

let bench: EngineBench;
let engine: Engine;
const picture = new Uint8Array([1]);
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2, 3]) await bench.version('digits', version);
  engine = await bench.start({
    models: [{ name: 'digits', basePath: bench.path('digits'), policy: { kind: 'latest', count: 2 } }],
  });
  await untilWords(engine, 'digits', '3 available, 2 available, 1 onDisk');
});
afterEach(() => bench.close());

const versionOf = (model: Model | undefined, version: number): Version => {
  const found = model?.versions.find((it) => it.version === version);
  if (!found) throw new Error(`There is no version ${version}`);
  return found;
};
const optionsOf = (version: number) => bench.runners.named(`digits ${version}`).loading?.options;
/** Every version reloaded in turn: `2 available` means that 3 is done too. */
const untilRunWith = (threads: number | undefined) =>
  until(
    engine,
    'digits',
    ({ versions }) =>
      versions.every(({ version, lifecycle }) => version === 1 || lifecycle === 'available') &&
      [3, 2].every((version) => isRunWith(version, threads)),
  );
const isRunWith = (version: number, threads: number | undefined): boolean =>
  [...bench.runners.alive].some(
    ({ name, loading }) => name.endsWith(`digits ${version}`) && loading?.options.intraOpThreads === threads,
  );

describe('how a model is run', () => {
  test('is kept, loads every version anew, is an event, and is taken back by undo', async () => {
    const threadsBefore = optionsOf(3)?.intraOpThreads;
    const running = { instances: 2, intraOpThreads: 7, batching: { maxBatchSize: 8 } } as const;
    const { undo } = await engine.models.setRunning('digits', running);
    expect(engine.models.get('digits')?.running).toEqual(running);
    await untilRunWith(7);
    expect(optionsOf(2)).toMatchObject({ intraOpThreads: 7, batching: { maxBatchSize: 8 } });
    expect(bench.runners.alive.size).toBe(4);
    const [event] = (await engine.models.events({ model: 'digits', limit: 100 })).filter(
      ({ kind }) => kind === 'settingChanged',
    );
    expect(event).toMatchObject({
      cause: 'person',
      params: { running: 'batching, instances, intraOpThreads' },
    });
    await engine.models.undo(undo ?? '');
    await untilRunWith(threadsBefore);
    expect(engine.models.get('digits')?.running).toEqual({});
  });

  test('each process is expected to take what one was seen to take', async () => {
    const bytesOf = (version: number) => {
      const { residentBytes, estimatedBytes } = versionOf(engine.models.get('digits'), version);
      return { residentBytes, estimatedBytes };
    };
    const { estimatedBytes: ofOne } = bytesOf(1);
    const { undo } = await engine.models.setRunning('digits', { instances: 2 });
    await until(engine, 'digits', () => [3, 2].every((it) => bytesOf(it).residentBytes === 120_000_000));
    await engine.models.rescan('digits');
    expect(bytesOf(1)).toEqual({ residentBytes: null, estimatedBytes: 2 * (ofOne ?? 0) });
    await engine.models.undo(undo ?? '');
    await until(engine, 'digits', () => bytesOf(2).residentBytes === 60_000_000);
    await engine.models.unload('digits', 3);
    await until(engine, 'digits', () => bytesOf(3).residentBytes === null);
    expect(bytesOf(3).estimatedBytes).toBe(60_000_000);
  });

  test('undo takes back what was changed, and not what was changed since', async () => {
    const { undo } = await engine.models.setRunning('digits', { instances: 2 });
    await engine.models.setRunning('digits', { instances: 2, answerFromLastGood: true });
    await engine.models.undo(undo ?? '');
    expect(engine.models.get('digits')?.running).toEqual({ answerFromLastGood: true });
  });

  test('loads one version after the other, so that one always answers', async () => {
    await engine.models.setRunning('digits', { intraOpThreads: 5 });
    await untilRunWith(5);
    const events = await engine.models.events({ model: 'digits', limit: 100 });
    const since = events.findIndex(({ kind }) => kind === 'settingChanged');
    const steps = events
      .slice(0, since)
      .toReversed()
      .filter(({ kind }) => kind === 'unloading' || kind === 'available')
      .map(({ version, kind }) => `${version} ${kind}`);
    expect(steps).toEqual(['3 unloading', '3 available', '2 unloading', '2 available']);
  });

  test('requests wait while their version is loaded anew', async () => {
    await engine.models.setRunning('digits', { intraOpThreads: 5 });
    await until(engine, 'digits', ({ versions }) => versions[0]?.lifecycle !== 'available');
    const answer = await engine.inference.classify({
      model: 'digits',
      version: { version: 3 },
      picture,
      top: 1,
    });
    expect(answer.version).toBe(3);
    expect(isRunWith(3, 5)).toBe(true);
  });

  test('who answers for a version that ended is looked at with each request: nothing is loaded anew', async () => {
    const spawned = bench.runners.spawned;
    await engine.models.setRunning('digits', { answerFromLastGood: true });
    const kinds = (await engine.models.events({ model: 'digits', limit: 1 })).map(({ kind }) => kind);
    expect(kinds).toEqual(['settingChanged']);
    expect(bench.runners.spawned).toBe(spawned);
  });

  test('what means the same changes nothing', async () => {
    expect(await engine.models.setRunning('digits', { instances: undefined })).toEqual({ undo: null });
  });

  test('batching that makes no sense is refused, and nothing is changed', async () => {
    const failure = await failureOf(() =>
      engine.models.setRunning('digits', { batching: { maxBatchSize: 8, allowedBatchSizes: [4, 2] } }),
    );
    expect(failure.code).toBe('BATCHING_INVALID');
    expect(engine.models.get('digits')?.running).toEqual({});
  });

  test('a version that failed is tried again with the new settings', async () => {
    await bench.version('alone', 1, 'alone');
    const { ticket, items } = await engine.models.offer([bench.path('alone')]);
    await engine.models.add(ticket, [{ id: items[0]?.id ?? '', as: 'model', name: 'alone' }]);
    await untilWords(engine, 'alone', '1 failed');
    await engine.models.setRunning('alone', { batching: 'off' });
    await untilWords(engine, 'alone', '1 available');
  });
});
