import { describe, expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { LoaderHarness, type LoaderHarnessOptions } from '../../main/serving/harness';
import { retry } from '../../main/serving/retry';
import { failureOf } from '../support/app-errors';
import { FakeClock, settle } from '../support/fake-clock';
import { FakeLoader } from '../support/fake-loader';
import { ServingWorld } from '../support/serving-world';

const id = { name: 'm', version: 1 };
const broken = new AppError('RUNNER_START_FAILED');

function setUp(options: Partial<LoaderHarnessOptions> = {}) {
  const clock = new FakeClock();
  const loader = new FakeLoader();
  const states: string[] = [];
  const errors: [typeof id, AppError][] = [];
  const harness = new LoaderHarness(id, loader, {
    clock,
    retry: { maxRetries: 0, intervalMs: 0 },
    onDidChange: ({ kind }) => states.push(kind),
    onError: (...error) => errors.push(error),
    ...options,
  });
  const approve = (): LoaderHarness => {
    harness.loadRequested();
    harness.loadApproved();
    return harness;
  };
  const ready = async (): Promise<LoaderHarness> => {
    await approve().load();
    return harness;
  };
  return { clock, loader, harness, states, errors, approve, ready };
}

describe('loader harness', () => {
  test('T022 [H1]: a new harness is new and well', () => {
    const { harness } = setUp();
    expect(harness.state).toEqual({ kind: 'new' });
    expect(harness.status).toBeNull();
  });

  test('T023 [H2]: a load is requested once; again is refused and changes nothing', async () => {
    const { harness } = setUp();
    harness.loadRequested();
    expect(harness.state.kind).toBe('loadRequested');
    expect((await failureOf(() => harness.loadRequested())).status).toBe('FAILED_PRECONDITION');
    expect(harness.state.kind).toBe('loadRequested');
  });

  test('T024 [H1]: requested, approved, loading, ready', async () => {
    const { states, ready } = setUp();
    await ready();
    expect(states).toEqual(['loadRequested', 'loadApproved', 'loading', 'ready']);
  });

  test("T025 [H4]: the loader's error ends the harness", async () => {
    const { loader, harness, approve } = setUp();
    loader.failing(broken);
    approve();
    expect(await failureOf(() => harness.load())).toBe(broken);
    expect(harness.state).toMatchObject({ kind: 'error', error: broken });
    expect(harness.status).toBe(broken);
  });

  test('T026 [H1]: from ready to disabled, unloading the loader once', async () => {
    const { loader, harness, states, ready } = setUp();
    await ready();
    states.length = 0;
    harness.unloadRequested();
    harness.startQuiescing();
    harness.doneQuiescing();
    await harness.unload();
    expect(states).toEqual(['unloadRequested', 'quiescing', 'quiesced', 'unloading', 'disabled']);
    expect(loader.unloads).toBe(1);
  });

  test('T027 [H2]: an unload is requested once; again is refused and changes nothing', async () => {
    const { harness, ready } = setUp();
    await ready();
    harness.unloadRequested();
    expect((await failureOf(() => harness.unloadRequested())).status).toBe('FAILED_PRECONDITION');
    expect(harness.state.kind).toBe('unloadRequested');
  });

  test('T028 [H4]: an error may come in any state, is kept and is told with the id', async () => {
    const fresh = setUp();
    fresh.harness.error(broken);
    const loaded = setUp();
    (await loaded.ready()).error(broken);
    const leaving = setUp();
    (await leaving.ready()).unloadRequested();
    leaving.harness.startQuiescing();
    leaving.harness.error(broken);
    for (const { harness, errors } of [fresh, loaded, leaving]) {
      expect(harness.state.kind).toBe('error');
      expect(harness.status).toBe(broken);
      expect(errors).toEqual([[id, broken]]);
    }
  });

  test('T029 [H3]: a step out of turn is INTERNAL and ends the harness', async () => {
    const { harness } = setUp();
    const error = await failureOf(() => harness.loadApproved());
    expect(error.status).toBe('INTERNAL');
    expect(error.message).toBe('Illegal request to transition from state new to loadApproved');
    expect(harness.state).toMatchObject({ kind: 'error', error: { status: 'INTERNAL' } });
  });

  test('T030 [RT1]: with one retry, two attempts are made and the last error counts', async () => {
    const once = setUp({ retry: { maxRetries: 1, intervalMs: 0 } });
    once.loader.failing(broken);
    await once.ready();
    expect(once.loader.attempts).toBe(2);
    expect(once.harness.state.kind).toBe('ready');

    const last = new AppError('RUNNER_CRASHED');
    const twice = setUp({ retry: { maxRetries: 1, intervalMs: 0 } });
    twice.loader.failing(broken, last);
    twice.approve();
    expect(await failureOf(() => twice.harness.load())).toBe(last);
    expect(twice.loader.attempts).toBe(2);
    expect(twice.harness.status).toBe(last);
  });

  test('T031 [RT4]: cancelled during the first of eleven attempts, a failing load makes no other', async () => {
    const { loader, harness, approve } = setUp({ retry: { maxRetries: 10, intervalMs: 0 } });
    loader.failing(broken).hold();
    const load = failureOf(() => approve().load());
    await settle();
    harness.cancelLoad();
    loader.proceed();
    expect(await load).toBe(broken);
    expect(loader.attempts).toBe(1);
    expect(harness.state.kind).toBe('error');
  });

  test('T032 [H5]: a load that succeeds although cancelled is unloaded, and ends as CANCELLED', async () => {
    const { loader, harness, states, errors, approve } = setUp();
    loader.hold();
    const load = failureOf(() => approve().load());
    await settle();
    harness.cancelLoad();
    loader.proceed();
    expect((await load).code).toBe('CANCELLED');
    expect(loader.unloads).toBe(1);
    expect(states.slice(-2)).toEqual(['unloading', 'disabled']);
    expect(errors.map(([, { code }]) => code)).toEqual(['CANCELLED']);
  });

  test('T033 [RT3]: an error that is not worth another try gets none', async () => {
    const { loader, harness, approve } = setUp({
      retry: { maxRetries: 5, intervalMs: 0 },
      shouldRetry: ({ status }) => status !== 'INVALID_ARGUMENT',
    });
    loader.failing(new AppError('MODEL_FILE_NOT_ONNX'));
    await failureOf(() => approve().load());
    expect(loader.attempts).toBe(1);
    expect(harness.state.kind).toBe('error');
  });

  test('T034 [BM11]: what is kept beside a servable is read back as what it is; as anything else, or when there is nothing, it is null', () => {
    const isText = (state: unknown): state is string => typeof state === 'string';
    const isNumber = (state: unknown): state is number => typeof state === 'number';
    const { basic } = new ServingWorld();
    basic.manageServable({ id, ok: true, data: new FakeLoader() }, 'mine');
    expect(basic.managedServableStateSnapshot(id, isText)?.additionalState).toBe('mine');
    expect(basic.managedServableStateSnapshot(id, isNumber)?.additionalState).toBeNull();
    const bare = { name: 'm', version: 2 };
    basic.manageServable({ id: bare, ok: true, data: new FakeLoader() });
    expect(basic.managedServableStateSnapshot(bare, isText)?.additionalState).toBeNull();
    expect(basic.managedServableStateSnapshot({ name: 'm', version: 3 }, isText)).toBeUndefined();
  });
});

describe('retry', () => {
  const clock = new FakeClock();
  const noPause = () => Promise.resolve();
  const failUntil = (success: number) => {
    const calls: number[] = [];
    const run = async (attempt: number): Promise<string> => {
      calls.push(attempt);
      if (attempt < success) throw new AppError('INTERNAL', {}, { detail: `attempt ${attempt}` });
      return 'done';
    };
    return { calls, run };
  };
  const schedule = { maxRetries: 10, intervalMs: 0 };

  test('T035 [RT1]: success at the seventh call ends it', async () => {
    const { calls, run } = failUntil(7);
    expect(await retry(run, { schedule, clock, pause: noPause })).toBe('done');
    expect(calls).toHaveLength(7);
  });

  test('T036 [RT1] [RT3]: eleven calls, then the last error; one call when retrying is refused', async () => {
    const always = failUntil(Number.POSITIVE_INFINITY);
    expect((await failureOf(() => retry(always.run, { schedule, clock, pause: noPause }))).message).toBe(
      'attempt 11',
    );
    const refused = failUntil(Number.POSITIVE_INFINITY);
    await failureOf(() => retry(refused.run, { schedule, clock, pause: noPause, shouldRetry: () => false }));
    expect(refused.calls).toHaveLength(1);
  });

  test('T037 [RT3]: refusing during a wait still allows the attempt after it', async () => {
    const { calls, run } = failUntil(Number.POSITIVE_INFINITY);
    let isWorthIt = true;
    const outcome = failureOf(() =>
      retry(run, {
        schedule: { maxRetries: 10, intervalMs: 1_000 },
        clock,
        shouldRetry: () => isWorthIt,
        pause: async () => {
          isWorthIt = false;
        },
      }),
    );
    expect((await outcome).message).toBe('attempt 2');
    expect(calls).toHaveLength(2);
  });
});
