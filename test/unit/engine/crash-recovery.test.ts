import { beforeEach, describe, expect, test } from 'vitest';
import { Emitter } from '../../../app/base/emitter';
import { AppError } from '../../../app/base/errors';
import { CrashRecovery, type RecoveringManager } from '../../../main/engine/crash-recovery';
import type { InferenceServable } from '../../../main/platforms/inference-servable';
import { latest, type ServableHandle, type ServableRequest, specific } from '../../../main/serving/manager';
import type { ServableId } from '../../../main/serving/servable-id';
import type { ServableSnapshot } from '../../../main/serving/servable-snapshot';
import { failureOf } from '../../support/app-errors';
import { FakeClock, settle } from '../../support/fake-clock';

/** Versions of one model whose states a test sets. */
class FakeManager implements RecoveringManager {
  readonly #states = new Map<number, Partial<ServableSnapshot>>();
  readonly #changed = new Emitter<{ readonly id: ServableId }>();
  readonly onDidChange = this.#changed.event;
  readonly #clock: FakeClock;
  held = 0;
  /** Settles when a load has ended; null while the model is always loaded. */
  loads: (() => Promise<void>) | null = null;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  set(version: number, state: Partial<ServableSnapshot>): void {
    this.#states.set(version, { sinceMs: this.#clock.now(), ...state });
    this.#changed.fire({ id: { name: 'm', version } });
  }
  forget(version: number): void {
    this.#states.delete(version);
    this.#changed.fire({ id: { name: 'm', version } });
  }
  isAvailable({ version }: ServableId): boolean {
    return this.#states.get(version)?.state === 'ready';
  }
  look(request: ServableRequest): { readonly id: ServableId } | undefined {
    const ready = [...this.#states.keys()].filter((version) => this.isAvailable({ name: 'm', version }));
    const version = request.kind === 'specific' ? request.version : Math.max(...ready);
    return ready.includes(version) ? { id: { name: 'm', version } } : undefined;
  }
  isOnDemand(): boolean {
    return this.loads !== null;
  }
  loadedHandle<T>(
    request: ServableRequest,
    _guard: unknown,
    signal?: AbortSignal,
  ): Promise<ServableHandle<T>> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new AppError('CANCELLED')));
      void this.loads?.().then(() => resolve(this.getServableHandle<T>(request)), reject);
    });
  }
  snapshot({ version }: ServableId): ServableSnapshot | undefined {
    const state = this.#states.get(version);
    const id = { name: 'm', version };
    return (
      state && ({ id, isAspired: true, restarts: 0, nextAttemptAtMs: null, ...state } as ServableSnapshot)
    );
  }
  snapshots(): ServableSnapshot[] {
    return [...this.#states.keys()].flatMap((version) => this.snapshot({ name: 'm', version }) ?? []);
  }
  listAvailableServableIds(): ServableId[] {
    return this.snapshots().map(({ id }) => id);
  }
  getAvailableServableHandles(): [] {
    return [];
  }
  getServableHandle<T>(request: ServableRequest): ServableHandle<T> {
    const found = this.look(request);
    if (!found) throw new AppError('SERVABLE_NOT_FOUND');
    const { id } = found;
    this.held++;
    let isHeld = true;
    const dispose = (): void => {
      if (isHeld) this.held--;
      isHeld = false;
    };
    return { id, servable: { kind: 'inference', id } as T, dispose };
  }
}

let clock: FakeClock;
let manager: FakeManager;
let mayAnswerFromLastGood: boolean;
let recovery: CrashRecovery;
/** Versions whose process ends as soon as it is asked, and with what. */
let crashes: Map<number, AppError>;

beforeEach(() => {
  clock = new FakeClock();
  manager = new FakeManager(clock);
  mayAnswerFromLastGood = false;
  crashes = new Map();
  recovery = new CrashRecovery({
    manager,
    clock,
    mayAnswerFromLastGood: () => mayAnswerFromLastGood,
    patienceMs: 5_000,
  });
  manager.set(2, { state: 'ready' });
  manager.set(3, { state: 'ready' });
});

const asked: number[] = [];
const ask = async ({ id }: InferenceServable): Promise<string> => {
  asked.push(id.version);
  const error = crashes.get(id.version);
  if (!error) return `answer of ${id.version}`;
  manager.set(id.version, { state: 'error' });
  throw error;
};
const crashed = new AppError('RUNNER_CRASHED', { signal: 'SIGSEGV' });

describe('a version whose process ends while it is asked', () => {
  test('is asked again when it is back, and holds no handle meanwhile', async () => {
    crashes.set(3, crashed);
    const answer = recovery.ask(specific('m', 3), ask);
    await settle();
    expect(manager.held).toBe(0);
    manager.set(3, { state: 'error', nextAttemptAtMs: clock.now() + 60, restarts: 1 });
    await clock.advance(60);
    crashes.clear();
    manager.set(3, { state: 'loading', restarts: 1 });
    await clock.advance(100);
    manager.set(3, { state: 'ready', restarts: 1 });
    expect(await answer).toEqual({ answer: 'answer of 3' });
    expect(manager.held).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('is answered for by the last good one where the setting says so, and the answer is marked', async () => {
    mayAnswerFromLastGood = true;
    crashes.set(3, crashed);
    expect(await recovery.ask(latest('m'), ask)).toEqual({ answer: 'answer of 2', insteadOf: 3 });
    expect(manager.held).toBe(0);
  });

  test('is never answered for where exactly it was asked', async () => {
    mayAnswerFromLastGood = true;
    crashes.set(3, crashed);
    const failed = failureOf(() => recovery.ask(specific('m', 3), ask, { isExact: true }));
    await clock.advance(600); // nothing brings it back
    expect((await failed).code).toBe('RUNNER_CRASHED');
  });

  test('that comes back and ends again by the same question is given up', async () => {
    crashes.set(3, crashed);
    asked.length = 0;
    const failed = failureOf(() => recovery.ask(specific('m', 3), ask));
    for (let life = 0; life < 5; life++) {
      await settle();
      manager.set(3, { state: 'ready', restarts: life });
    }
    expect((await failed).code).toBe('RUNNER_CRASHED');
    expect(asked).toEqual([3, 3, 3]);
  });

  test('that does not come back in time, or that is no longer wanted, fails as it ended', async () => {
    crashes.set(3, new AppError('RUNNER_OUT_OF_MEMORY'));
    const late = failureOf(() => recovery.ask(specific('m', 3), ask));
    await settle();
    manager.set(3, { state: 'loading', restarts: 1 });
    await clock.advance(5_000);
    expect((await late).code).toBe('RUNNER_OUT_OF_MEMORY');
    manager.set(3, { state: 'ready' });
    const unwanted = failureOf(() => recovery.ask(specific('m', 3), ask));
    await settle();
    manager.set(3, { state: 'error', isAspired: false });
    expect((await unwanted).code).toBe('RUNNER_OUT_OF_MEMORY');
  });

  test('a caller who leaves waits no longer', async () => {
    crashes.set(3, crashed);
    const leaving = new AbortController();
    const failed = failureOf(() => recovery.ask(specific('m', 3), ask, { signal: leaving.signal }));
    await settle();
    leaving.abort();
    expect((await failed).code).toBe('RUNNER_CRASHED');
  });
});

test('a request that comes while its version is being brought back waits for it', async () => {
  manager.set(3, { state: 'error', nextAttemptAtMs: clock.now() + 60, restarts: 1 });
  const answer = recovery.ask(specific('m', 3), ask);
  await settle();
  manager.set(3, { state: 'ready', restarts: 1 });
  expect(await answer).toEqual({ answer: 'answer of 3' });
});

describe('a model whose only version dies while another one is loaded in its place', () => {
  beforeEach(() => {
    manager.forget(2);
  });

  test('is answered for by the successor, whoever was asked when it died', async () => {
    crashes.set(3, crashed);
    const inFlight = recovery.ask(latest('m'), ask);
    await settle();
    manager.set(4, { state: 'loading' });
    manager.set(3, { state: 'error', isAspired: false });
    const meanwhile = recovery.ask(latest('m'), ask);
    await clock.advance(700); // longer than it takes to decide what becomes of the dead one
    manager.forget(3);
    const later = recovery.ask(latest('m'), ask);
    await settle();
    manager.set(4, { state: 'ready' });
    expect(await Promise.all([inFlight, meanwhile, later])).toEqual(Array(3).fill({ answer: 'answer of 4' }));
    expect([manager.held, clock.pending]).toEqual([0, 0]);
  });

  test('fails as it ended, and as not found from then on, when the successor fails as well', async () => {
    crashes.set(3, crashed);
    const inFlight = failureOf(() => recovery.ask(latest('m'), ask));
    await settle();
    manager.set(4, { state: 'loading' });
    manager.forget(3);
    const meanwhile = failureOf(() => recovery.ask(latest('m'), ask));
    await settle();
    manager.set(4, { state: 'error' });
    await clock.advance(600);
    expect([(await inFlight).code, (await meanwhile).code]).toEqual(['RUNNER_CRASHED', 'SERVABLE_NOT_FOUND']);
  });

  test('is not waited for when its next attempt is far off', async () => {
    manager.set(3, { state: 'loading', nextAttemptAtMs: clock.now() + 60_000 });
    expect((await failureOf(() => recovery.ask(latest('m'), ask))).code).toBe('SERVABLE_NOT_FOUND');
  });
});

test('the first load of a model is not waited for', async () => {
  manager = new FakeManager(clock);
  recovery = new CrashRecovery({ manager, clock, mayAnswerFromLastGood: () => false });
  manager.set(1, { state: 'loading' });
  expect((await failureOf(() => recovery.ask(latest('m'), ask))).code).toBe('SERVABLE_NOT_FOUND');
});

test('a version that was never there is not waited for, nor one that failed to load', async () => {
  expect((await failureOf(() => recovery.ask(specific('m', 9), ask))).code).toBe('SERVABLE_NOT_FOUND');
  manager.set(3, { state: 'error' });
  expect((await failureOf(() => recovery.ask(specific('m', 3), ask))).code).toBe('SERVABLE_NOT_FOUND');
});

test('what the model says of the input is passed on and not asked again', async () => {
  crashes.set(3, new AppError('TENSOR_MISMATCH'));
  asked.length = 0;
  expect((await failureOf(() => recovery.ask(specific('m', 3), ask))).code).toBe('TENSOR_MISMATCH');
  expect(asked).toEqual([3]);
});

describe('a model that is loaded on demand', () => {
  let proceed: () => void;

  beforeEach(() => {
    manager.forget(3);
    manager.loads = () =>
      new Promise((resolve) => {
        proceed = () => {
          manager.set(3, { state: 'ready' });
          resolve();
        };
      });
  });

  test('is waited for until the deadline of the request, and no longer', async () => {
    const late = failureOf(() =>
      recovery.ask(specific('m', 3), ask, { deadlineAtMs: clock.now() + 1_000, isImpatient: true }),
    );
    await clock.advance(999);
    const inTime = recovery.ask(specific('m', 3), ask, { deadlineAtMs: clock.now() + 1_000 });
    await clock.advance(1);
    expect((await late).code).toBe('DEADLINE_EXCEEDED');
    proceed();
    expect(await inTime).toEqual({ answer: 'answer of 3' });
    expect(clock.pending).toBe(0);
  });

  test('is not waited for by whoever has left', async () => {
    const leaver = new AbortController();
    const left = failureOf(() =>
      recovery.ask(specific('m', 3), ask, { signal: leaver.signal, deadlineAtMs: clock.now() + 1_000 }),
    );
    leaver.abort();
    expect((await left).code).toBe('CANCELLED');
    expect(clock.pending).toBe(0);
  });

  test('is loaded again when its process ends while it is asked', async () => {
    crashes.set(3, crashed);
    const answer = recovery.ask(specific('m', 3), ask);
    proceed();
    await settle();
    crashes.clear();
    proceed();
    expect(await answer).toEqual({ answer: 'answer of 3' });
    expect(manager.held).toBe(0);
  });
});
