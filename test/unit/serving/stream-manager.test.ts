import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { BasicManager } from '../../../main/serving/basic-manager';
import { type LoaderFactory, loaderFactory } from '../../../main/serving/loader';
import { latest, specific } from '../../../main/serving/manager';
import { ResourceTracker } from '../../../main/serving/resource-tracker';
import { mainOnly, ResourceUtil } from '../../../main/serving/resource-util';
import { mainMemory } from '../../../main/serving/resources';
import { type ServableData, servableData } from '../../../main/serving/servable-data';
import { type OnDemand, StreamManager } from '../../../main/serving/stream-manager';
import { failureOf } from '../../support/app-errors';
import { FakeClock, settle } from '../../support/fake-clock';
import { FakeLoader, isFakeServable } from '../../support/fake-loader';

const forEver: OnDemand = { idleUnloadMs: null, pinned: new Set() };

/** A manager of streams that runs by itself on a clock that stands still; loaders load at once unless they are prepared not to. */
function setUp() {
  const clock = new FakeClock();
  const basic = new BasicManager({
    clock,
    loadRetry: { maxRetries: 0, intervalMs: 0 },
    resourceTracker: new ResourceTracker(mainMemory(100), new ResourceUtil(mainOnly)),
  });
  const manager = new StreamManager({
    basicManager: basic,
    aspiredVersionPolicy: 'availabilityPreserving',
    random: () => 0,
  });
  const loads: string[] = [];
  const decided: string[] = [];
  const prepared = new Map<string, (loader: FakeLoader) => void>();
  const loaders = new Map<string, FakeLoader>();
  manager.onDidDecide(({ kind, id, rule }) => decided.push(`${kind} ${id.version} ${rule}`));
  manager.run();
  const item = (name: string, version: number, contentKey?: string): ServableData<LoaderFactory> => {
    const id = { name, version };
    const create = (): FakeLoader => {
      loads.push(`${name}:${version}`);
      const loader = new FakeLoader(`${name}:${version}`, 40);
      prepared.get(`${name}:${version}`)?.(loader);
      loaders.set(`${name}:${version}`, loader);
      return loader;
    };
    return servableData(id, loaderFactory(create, contentKey));
  };
  const aspire = async (name: string, ...versions: (number | ServableData<LoaderFactory>)[]) => {
    const items = versions.map((it) => (typeof it === 'number' ? item(name, it) : it));
    manager.aspiredVersionsCallback()(name, items);
    await settle();
  };
  const set = async (name: string, onDemand: OnDemand | null) => {
    manager.setOnDemand(name, onDemand);
    await settle();
  };
  const answer = async (name: string, version?: number): Promise<number> => {
    const request = version === undefined ? latest(name) : specific(name, version);
    const handle = await manager.loadedHandle(request, isFakeServable);
    handle.dispose();
    await settle();
    return handle.id.version;
  };
  const available = () => manager.listAvailableServableIds().map(({ name, version }) => `${name}:${version}`);
  return { clock, basic, manager, loads, decided, prepared, loaders, item, aspire, set, answer, available };
}

describe('the two ways of a stream', () => {
  test('[ST1] [CM16]: one is always loaded, the other with its first request; both decisions are told', async () => {
    const { manager, aspire, set, answer, available, decided } = setUp();
    await set('m', forEver);
    await aspire('m', 2, 1);
    await aspire('n', 1);
    expect(available()).toEqual(['n:1']);
    expect(manager.target(latest('m'))).toEqual({ name: 'm', version: 2 });
    expect(manager.look(latest('m'))).toBeUndefined();
    expect(manager.target(specific('m', 3))).toBeUndefined();
    expect(await answer('m')).toBe(2);
    expect(manager.look(latest('m'))?.id.version).toBe(2);
    expect(decided).toEqual(['load 1 PO2', 'load 2 CM1']);
  });

  test('[ST2]: from always to on demand: what is loaded stays, until its idle time is over', async () => {
    const { clock, manager, aspire, set, answer, available, loads, decided } = setUp();
    await aspire('m', 2, 1);
    expect(available()).toEqual(['m:1', 'm:2']);
    await set('m', { idleUnloadMs: 60_000, pinned: new Set([1]) });
    expect(await answer('m')).toBe(2);
    expect(manager.snapshot({ name: 'm', version: 2 })).toMatchObject({ state: 'ready', isAspired: true });
    await clock.advance(60_000);
    expect(available()).toEqual(['m:1']);
    expect(loads).toHaveLength(2);
    expect(decided.at(-1)).toBe('unload 2 CM7');
    await set('m', { idleUnloadMs: 60_000, pinned: new Set() });
    await clock.advance(0);
    expect(available()).toEqual([]);
  });

  test('[ST2]: from on demand to always: what is loaded is taken over, the rest is loaded', async () => {
    const { clock, manager, aspire, set, answer, available, loads } = setUp();
    await set('m', { idleUnloadMs: 60_000, pinned: new Set() });
    await aspire('m', 2, 1);
    await answer('m');
    await set('m', null);
    expect(available()).toEqual(['m:1', 'm:2']);
    expect(loads).toEqual(['m:2', 'm:1']);
    await clock.advance(600_000);
    expect(available()).toEqual(['m:1', 'm:2']);
    expect(manager.isRegistered({ name: 'm', version: 2 })).toBe(false);
    await aspire('m', 2);
    expect(available()).toEqual(['m:2']);
  });

  test('[ST2]: a load under way is carried on by the other manager, and whoever waits for it is served', async () => {
    const { aspire, set, answer, available, loads, loaders, prepared } = setUp();
    prepared.set('m:1', (loader) => loader.hold());
    await set('m', forEver);
    await aspire('m', 1);
    const answered = answer('m');
    await settle();
    await set('m', null);
    loaders.get('m:1')?.proceed();
    expect(await answered).toBe(1);
    await settle();
    expect(available()).toEqual(['m:1']);
    expect(loads).toEqual(['m:1']);
  });

  test('[ST2]: a load of the aspired-versions manager under way is what a first request waits for', async () => {
    const { manager, aspire, set, answer, loads, loaders, prepared } = setUp();
    prepared.set('m:1', (loader) => loader.hold());
    await aspire('m', 1);
    await set('m', forEver);
    expect(manager.snapshot({ name: 'm', version: 1 })?.state).toBe('loading');
    const answered = answer('m');
    loaders.get('m:1')?.proceed();
    expect(await answered).toBe(1);
    expect(loads).toEqual(['m:1']);
  });

  test('[ST2]: what has failed is forgotten by one and tried by the other', async () => {
    const { aspire, set, answer, available, prepared } = setUp();
    prepared.set('m:1', (loader) => loader.failing(new AppError('RUNNER_START_FAILED')));
    await aspire('m', 1);
    await set('m', forEver);
    expect((await failureOf(() => answer('m'))).code).toBe('RUNNER_START_FAILED');
    prepared.clear();
    await set('m', null);
    expect(available()).toEqual(['m:1']);
  });

  test('[ST2]: a stream that is removed leaves nothing behind', async () => {
    const { basic, aspire, set, answer } = setUp();
    await set('m', forEver);
    await aspire('m', 1);
    await answer('m');
    await aspire('m');
    await set('m', null);
    expect(basic.managedServableNames()).toEqual([]);
  });
});

describe('a new version of what is loaded on demand', () => {
  test('[ST3]: is loaded at once when the old one is, which answers until then and goes', async () => {
    const { aspire, set, answer, available, loaders, prepared, decided } = setUp();
    await set('m', forEver);
    await aspire('m', 1);
    await answer('m');
    prepared.set('m:2', (loader) => loader.hold());
    await aspire('m', 2);
    expect(await answer('m')).toBe(1);
    loaders.get('m:2')?.proceed();
    await settle();
    expect(available()).toEqual(['m:2']);
    expect(await answer('m')).toBe(2);
    expect(decided).toEqual(['load 1 CM1', 'load 2 ST3', 'unload 1 CM13']);
  });

  test('[ST3]: that fails leaves the old one answering, and is not tried again by the same list', async () => {
    const { manager, aspire, set, answer, available, prepared, loads, item } = setUp();
    await set('m', forEver);
    await aspire('m', 1);
    await answer('m');
    prepared.set('m:2', (loader) => loader.failing(new AppError('MODEL_FILE_TRUNCATED')));
    const second = item('m', 2, 'broken');
    await aspire('m', second);
    await aspire('m', second);
    expect(await answer('m')).toBe(1);
    expect(loads).toEqual(['m:1', 'm:2']);
    prepared.clear();
    await aspire('m', item('m', 2, 'mended'));
    expect(available()).toEqual(['m:2']);
    expect(manager.target(specific('m', 1))).toBeUndefined();
  });

  test('[ST3]: is loaded by its first request when nothing was loaded, or old and new may not be together', async () => {
    const { manager, aspire, set, answer, available, loads } = setUp();
    await set('m', forEver);
    await aspire('m', 1);
    await aspire('m', 2);
    expect(loads).toEqual([]);
    expect(await answer('m')).toBe(2);
    manager.setPolicy('m', 'resourcePreserving');
    await aspire('m', 3);
    expect(available()).toEqual([]);
    expect(await answer('m')).toBe(3);
  });

  test('[ST4]: the latest is the newest that has not failed, or the newest when all have', async () => {
    const { clock, aspire, set, answer, prepared } = setUp();
    for (const version of [1, 2])
      prepared.set(`m:${version}`, (loader) => loader.failing(new AppError('MODEL_FILE_TRUNCATED')));
    await set('m', forEver);
    await aspire('m', 3, 2, 1);
    prepared.set('m:3', (loader) => loader.failing(new AppError('RUNNER_START_FAILED')));
    expect((await failureOf(() => answer('m'))).code).toBe('RUNNER_START_FAILED');
    prepared.delete('m:2');
    expect(await answer('m')).toBe(2);
    await aspire('m', 3);
    await clock.advance(10_000);
    prepared.clear();
    expect(await answer('m', 3)).toBe(3);
  });

  test('[ST5]: content that changed in place leaves what is loaded alone until it is loaded anew', async () => {
    const { manager, aspire, set, answer, available, loads, item } = setUp();
    await set('m', forEver);
    await aspire('m', item('m', 1, 'before'));
    await answer('m');
    await aspire('m', item('m', 1, 'after'));
    expect(available()).toEqual(['m:1']);
    expect(loads).toHaveLength(1);
    manager.reload({ name: 'm', version: 1 });
    await settle();
    expect(available()).toEqual(['m:1']);
    expect(loads).toHaveLength(2);
  });
});

describe('by hand', () => {
  test('[CM14]: a version is loaded ahead of requests, retried whatever it failed of, and taken out of memory', async () => {
    const { manager, aspire, set, answer, available, prepared, decided } = setUp();
    prepared.set('m:1', (loader) => loader.failing(new AppError('RUNNER_START_FAILED')));
    await set('m', forEver);
    await aspire('m', 1);
    manager.load({ name: 'm', version: 1 });
    await settle();
    expect(manager.snapshot({ name: 'm', version: 1 })?.state).toBe('error');
    prepared.clear();
    manager.retryNow({ name: 'm', version: 1 });
    await settle();
    expect(available()).toEqual(['m:1']);
    manager.unload({ name: 'm', version: 1 });
    await settle();
    expect(available()).toEqual([]);
    expect(decided.at(-1)).toBe('unload 1 CM14');
    expect(await answer('m')).toBe(1);
    expect((await failureOf(async () => manager.load({ name: 'm', version: 7 }))).code).toBe(
      'SERVABLE_NOT_FOUND',
    );
  });

  test('[CM14]: a load is called off, and the next request loads again', async () => {
    const { manager, aspire, set, answer, prepared, loaders } = setUp();
    prepared.set('m:1', (loader) => loader.hold());
    await set('m', forEver);
    await aspire('m', 1);
    manager.load({ name: 'm', version: 1 });
    await settle();
    manager.cancelLoad({ name: 'm', version: 1 });
    loaders.get('m:1')?.proceed();
    await settle();
    prepared.clear();
    expect(manager.snapshot({ name: 'm', version: 1 })).toBeUndefined();
    expect(await answer('m')).toBe(1);
    expect((await failureOf(async () => manager.cancelLoad({ name: 'm', version: 1 }))).code).toBe(
      'FAILED_PRECONDITION',
    );
  });

  test('[CM15]: what died after it could answer is loaded again by the next request, at once', async () => {
    const { aspire, set, answer, available, loaders } = setUp();
    await set('m', forEver);
    await aspire('m', 1);
    await answer('m');
    loaders.get('m:1')?.die(new AppError('RUNNER_CRASHED'));
    await settle();
    expect(available()).toEqual([]);
    expect(await answer('m')).toBe(1);
  });

  test('[CM8]: what could be had for other work is known, and made', async () => {
    const { manager, aspire, set, answer, available } = setUp();
    await set('m', { idleUnloadMs: null, pinned: new Set([1]) });
    await aspire('m', 2, 1);
    await answer('m', 1);
    await answer('m', 2);
    expect(manager.spareBytes).toBe(40);
    expect(manager.makeRoom({ needBytes: 60, freeBytes: 20, totalBytes: 100 })).toBe(true);
    await settle();
    expect(available()).toEqual(['m:1']);
    expect(manager.makeRoom({ needBytes: 80, freeBytes: 60, totalBytes: 100 })).toBe(false);
  });
});
