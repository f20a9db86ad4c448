import { cp, rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Model } from '../../../app/contract/models';
import { type RecordedState, recordModels } from '../../../main/engine/history';
import { pastStateOf } from '../../../main/engine/past-state';
import { hashVersion } from '../../../main/sources/content-hash';
import { EngineBench, eventsInTurn, until, untilWords, versionOf } from './engine-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.close());

test('KS2: the log rebuilds, for every moment looked at, what a snapshot taken then showed', async () => {
  for (const version of [1, 2, 3]) await bench.version('digits', version);
  await bench.version('letters', 1);
  const engine = await bench.start({
    models: [
      { name: 'digits', basePath: bench.path('digits'), labels: { stable: 2 } },
      { name: 'letters', basePath: bench.path('letters') },
    ],
  });
  const seen: { atMs: number; state: RecordedState }[] = [];
  const look = async (): Promise<void> => {
    const atMs = Date.now();
    const state = recordModels(engine.models.snapshot().models);
    // A moment counts only when it is over before anything else happens.
    if ((await nextMillisecond(atMs)) && sameModels(state, recordModels(engine.models.snapshot().models))) {
      seen.push({ atMs, state });
    }
  };
  engine.models.onDidChange(() => void look());
  const { models } = engine;

  await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
  await look();
  const policy = await models.applyPolicy('digits', { kind: 'all' }, 'resourcePreserving');
  await untilWords(engine, 'digits', '3 available, 2 available, 1 available');
  await look();
  await models.unload('digits', 2);
  await models.setLabel('letters', 'canary', 7);
  await untilWords(engine, 'digits', '3 available, 2 unloaded, 1 available');
  await look();
  await bench.version('digits', 4, 'bad');
  await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'failed');
  await look();
  await models.remove('letters');
  await look();
  await bench.version('digits', 4, 'good');
  await until(engine, 'digits', (it) => versionOf(it, 4)?.lifecycle === 'available');
  bench.runners.named('digits 1').kill();
  await until(engine, 'digits', (it) => versionOf(it, 1)?.lifecycle === 'failed');
  await look();
  await until(engine, 'digits', (it) => versionOf(it, 1)?.lifecycle === 'available');
  await rm(bench.path('digits', '4'), { recursive: true });
  await until(engine, 'digits', (it) => versionOf(it, 4) === undefined);
  await look();
  await models.undo(policy.undo ?? '');
  await untilWords(engine, 'digits', '3 available, 2 unloaded, 1 unloaded');
  await look();

  expect(seen.length).toBeGreaterThanOrEqual(6);
  for (const { atMs, state } of seen) expect(await models.stateAt(atMs)).toEqual(state);
});

test('one model of a past moment is shown without the others, and one that was not there, or is too long ago, as such', async () => {
  for (const version of [1, 2]) await bench.version('digits', version);
  const engine = await bench.start({ models: [{ name: 'digits', basePath: bench.path('digits') }] });
  await untilWords(engine, 'digits', '2 available, 1 onDisk');
  await engine.models.setLabel('digits', 'stable', 2);
  const state = await engine.models.stateAt(Date.now());
  expect(pastStateOf(state, 'digits')).toEqual({
    isCovered: true,
    model: {
      policy: { kind: 'latest', count: 1 },
      switching: 'availabilityPreserving',
      labels: [{ label: 'stable', version: 2, appliedVersion: 2 }],
      problem: null,
      versions: [
        { version: 2, lifecycle: 'available', isAspired: true, error: null },
        { version: 1, lifecycle: 'onDisk', isAspired: false, error: null },
      ],
    },
  });
  expect(pastStateOf(state, 'letters')).toEqual({ isCovered: true, model: null });
  expect(pastStateOf(await engine.models.stateAt(0), 'digits')).toEqual({ isCovered: false, model: null });
});

test('each event says who asked and what decided', async () => {
  for (const version of [1, 2]) await bench.version('digits', version);
  const engine = await bench.start();
  const { ticket, items } = await engine.models.offer([bench.path('digits')]);
  await engine.models.add(ticket, [{ id: items[0]?.id ?? '', as: 'model', name: 'digits' }]);
  await untilWords(engine, 'digits', '2 available, 1 onDisk');
  const { undo } = await engine.models.load('digits', 1);
  await untilWords(engine, 'digits', '2 available, 1 available');
  await engine.models.undo(undo ?? '');
  await untilWords(engine, 'digits', '2 available, 1 unloaded');
  const events = await eventsInTurn(engine, 'digits');
  expect(
    events.map((it) =>
      `${it.version ?? 'model'} ${it.kind} by ${it.cause} ${it.params['rule'] ?? ''}`.trim(),
    ),
  ).toEqual([
    'model modelAdded by person',
    'model onDisk by fileSystem',
    '2 waiting by policy',
    '2 loading by policy PO2',
    '2 available by policy',
    '1 loadRequested by person',
    '1 waiting by person',
    '1 loading by person PO2',
    '1 available by person',
    '1 undone by person',
    '1 notWanted by policy',
    '1 unloading by policy PO1',
    '1 unloaded by policy',
  ]);
});

test('a start writes one row, and one more only for what changed meanwhile', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await bench.version(name, 1);
  const policy = { kind: 'specific' as const, versions: [] }; // nothing is loaded: the rest is as it was
  const models = ['a', 'b', 'c', 'd'].map((name) => ({ name, basePath: bench.path(name), policy }));
  const first = await bench.start({ models: models.map((it) => ({ ...it, labels: { stable: 1 } })) });
  for (const { name } of models) await until(first, name, (it) => it.versions.length === 1);
  const [last] = await first.models.events({ limit: 1 });
  await first.close();

  await bench.version('b', 2);
  await rm(bench.path('c', '1'), { recursive: true });
  await bench.version('c', 3);
  const second = await bench.start({
    models: models.filter(({ name }) => name !== 'd').map((it) => ({ ...it, labels: { stable: 1 } })),
  });
  await until(second, 'a', (it) => it.versions.length === 1);
  await until(second, 'b', (it) => it.versions.length === 2);
  await until(second, 'c', (it) => versionOf(it, 3) !== undefined);
  const events = (await second.models.events({ limit: 100 })).filter(({ id }) => id > (last?.id ?? 0));
  const rows = events.map(({ model, version, kind, cause, params }) =>
    [model, version, kind, cause, params['versions'] ?? params['models']].filter(Boolean).join(' '),
  );
  expect(rows.sort()).toEqual([
    'b onDisk start 2',
    'c 1 gone start',
    'c onDisk start 3',
    'd modelRemoved start',
    'started start 3',
  ]);
  expect(await second.models.stateAt(Date.now())).toEqual(recordModels(second.models.snapshot().models));
});

test('very many versions are taken up in turns, each is recorded once, and one that goes is missed', async () => {
  const count = 2_300;
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  await Promise.all(numbers.map((version) => bench.version('a', version)));
  const policy = { kind: 'specific' as const, versions: [7] };
  const models = [{ name: 'a', basePath: bench.path('a'), policy }];
  const first = await bench.start({ models });
  const isWhole = (it: Model): boolean =>
    it.versions.length === count && versionOf(it, 7)?.lifecycle === 'available';
  await until(first, 'a', isWhole);
  const told = (await first.models.events({ limit: 5_000 }))
    .filter(({ kind }) => kind === 'onDisk')
    .flatMap(({ version, params }) => (version === null ? (params['versions'] ?? '').split(', ') : []));
  const withoutLoaded = told.map(Number).filter((it) => it !== 7);
  expect(withoutLoaded.sort((a, b) => a - b)).toEqual(numbers.filter((it) => it !== 7));
  await first.close();

  await rm(bench.path('a', '2000'), { recursive: true });
  const second = await bench.start({ models });
  await until(second, 'a', (it) => it.versions.length === count - 1);
  await expect
    .poll(async () => (await second.models.events({ limit: 100 })).filter(({ kind }) => kind === 'gone'))
    .toMatchObject([{ version: 2_000, cause: 'start' }]);
  await until(second, 'a', (it) => versionOf(it, 7)?.lifecycle === 'available');
  expect(await second.models.stateAt(Date.now())).toEqual(recordModels(second.models.snapshot().models));
});

test('what was loaded when the app was killed does not count as loaded when it starts again', async () => {
  await bench.version('digits', 1);
  const models = [{ name: 'digits', basePath: bench.path('digits') }];
  const killed = await bench.start({ models });
  await untilWords(killed, 'digits', '1 available');
  await killed.models.events({ limit: 1 }); // all of it is written
  const isKept = (path: string): boolean => !path.endsWith('.tmp'); // another file's write may be under way
  await cp(bench.stateFolder, bench.path('left'), { recursive: true, filter: isKept }); // as a kill leaves it
  const policy = { kind: 'specific' as const, versions: [] };
  const again = await bench.start({
    stateFolder: bench.path('left'),
    models: models.map((it) => ({ ...it, policy })),
  });
  const model = await untilWords(again, 'digits', '1 onDisk');
  expect(await again.models.stateAt(Date.now())).toEqual(recordModels([model]));
});

test('KS3: the content that a version was loaded from is in the log', async () => {
  const folder = await bench.version('digits', 1);
  const engine = await bench.start({ models: [{ name: 'digits', basePath: bench.path('digits') }] });
  const recorded = await new Promise<string | undefined>((resolve) =>
    engine.models.onDidLog((events) => {
      const found = events.find(({ kind }) => kind === 'contentRecorded');
      if (found) resolve(`${found.version} ${found.params['hash']}`);
    }),
  );
  expect(recorded).toBe(`1 ${await hashVersion(folder)}`);
});

/** Lets a whole millisecond of the clock begin. */
async function nextMillisecond(atMs: number): Promise<boolean> {
  while (Date.now() === atMs) await new Promise<void>((resolve) => setImmediate(resolve));
  return true;
}

const sameModels = (a: RecordedState, b: RecordedState): boolean =>
  JSON.stringify([...a]) === JSON.stringify([...b]);
