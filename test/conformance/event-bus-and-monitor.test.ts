import { describe, expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { EventBus } from '../../main/serving/event-bus';
import { latest, specific } from '../../main/serving/manager';
import type { ManagerState, ServableState } from '../../main/serving/servable-state';
import { ServableStateMonitor, type VersionStates } from '../../main/serving/servable-state-monitor';
import type { StateGoalOutcome } from '../../main/serving/state-goal';
import { FakeClock, settle } from '../support/fake-clock';

const broken = new AppError('RUNNER_CRASHED');

function setUp(maxLogEvents = 0) {
  const clock = new FakeClock(1_000);
  const bus = new EventBus<ServableState>(clock);
  const monitor = new ServableStateMonitor(bus, { clock, maxLogEvents });
  /** `tell('a:1 available')` */
  const tell = (text: string, health: AppError | null = null): void => {
    const [servable = '', state] = text.split(' ');
    const [name = '', version] = servable.split(':');
    bus.publish({ id: { name, version: Number(version) }, managerState: state as ManagerState, health });
  };
  return { clock, bus, monitor, tell };
}

const plain = (versions: VersionStates | undefined): [number, ManagerState][] =>
  [...(versions ?? [])].map(([version, { state }]) => [version, state.managerState]);
const plainAll = (all: ReadonlyMap<string, VersionStates>) =>
  Object.fromEntries([...all].map(([name, versions]) => [name, plain(versions)]));
const outcomeOf = ({ reached, states }: StateGoalOutcome) => ({
  reached,
  states: Object.fromEntries([...states].map(([key, { managerState }]) => [key, managerState])),
});

test('T131 [EB1]: each subscriber gets each event once, with its time; one that left gets none', () => {
  const clock = new FakeClock(5_000);
  const bus = new EventBus<string>(clock);
  bus.publish('to nobody');
  const heard: string[] = [];
  bus.subscribe(({ event, timeMs }) => heard.push(`first ${event} ${timeMs}`));
  const second = bus.subscribe(({ event, timeMs }) => heard.push(`second ${event} ${timeMs}`));
  bus.publish('one');
  second.dispose();
  bus.publish('two');
  expect(heard).toEqual(['first one 5000', 'second one 5000', 'first two 5000']);
});

test('EB1: an event that a subscriber publishes comes after the one being delivered, for all', () => {
  const bus = new EventBus<string>(new FakeClock());
  const heard: string[] = [];
  bus.subscribe(({ event }) => {
    heard.push(`first ${event}`);
    if (event === 'one') bus.publish('two');
  });
  bus.subscribe(({ event }) => heard.push(`second ${event}`));
  bus.publish('one');
  expect(heard).toEqual(['first one', 'second one', 'first two', 'second two']);
});

describe('state monitor', () => {
  test('T132 [MO1]: it knows the last state of each version, newest first', () => {
    const { monitor, tell } = setUp();
    for (const event of ['a:1 start', 'a:1 loading', 'a:2 start', 'b:1 available']) tell(event);
    expect(monitor.state({ name: 'a', version: 1 })?.managerState).toBe('loading');
    expect(monitor.state({ name: 'a', version: 9 })).toBeUndefined();
    expect(plain(monitor.versionStates('a'))).toEqual([
      [2, 'start'],
      [1, 'loading'],
    ]);
    expect(plain(monitor.versionStates('unknown'))).toEqual([]);
  });

  test('T133 [MO1]: a state comes with its own time', async () => {
    const { clock, monitor, tell } = setUp();
    tell('a:1 available');
    await clock.advance(500);
    tell('a:1 unloading');
    expect(monitor.stateAndTime({ name: 'a', version: 1 })).toMatchObject({
      state: { managerState: 'unloading' },
      timeMs: 1_500,
    });
  });

  test('T134 [MO2]: what has ended is not live, but not forgotten; it lives again when it is managed again', () => {
    const { monitor, tell } = setUp();
    for (const event of ['a:1 end', 'a:2 available', 'b:1 end']) tell(event);
    expect(plainAll(monitor.liveServableStates())).toEqual({ a: [[2, 'available']] });
    expect(plainAll(monitor.allServableStates())).toEqual({
      a: [
        [2, 'available'],
        [1, 'end'],
      ],
      b: [[1, 'end']],
    });
    tell('b:1 start');
    expect(plainAll(monitor.liveServableStates())['b']).toEqual([[1, 'start']]);
  });

  test('T135 [MO3]: names with an available version', () => {
    const { monitor, tell } = setUp();
    tell('a:1 available');
    tell('b:1 loading');
    expect([...monitor.availableServableStates()]).toEqual(['a']);
  });

  test('T136 [MO2]: forgetting what was unloaded leaves the live ones', () => {
    const { monitor, tell } = setUp();
    tell('a:1 end');
    tell('a:2 available');
    const live = plainAll(monitor.liveServableStates());
    monitor.forgetUnloadedServableStates();
    expect(plainAll(monitor.allServableStates())).toEqual({ a: [[2, 'available']] });
    expect(plainAll(monitor.liveServableStates())).toEqual(live);
  });

  test('T137 [MO4]: the log keeps the last events, oldest first, or none', () => {
    const events = ['a:1 start', 'a:1 loading', 'a:1 available', 'a:1 unloading'];
    const bounded = setUp(3);
    const none = setUp(0);
    for (const event of events) {
      bounded.tell(event);
      none.tell(event);
    }
    expect(bounded.monitor.boundedLog().map(({ state }) => state.managerState)).toEqual([
      'loading',
      'available',
      'unloading',
    ]);
    expect(none.monitor.boundedLog()).toEqual([]);
  });

  const outcomes = () => {
    const seen: ReturnType<typeof outcomeOf>[] = [];
    return { seen, callback: (outcome: StateGoalOutcome) => void seen.push(outcomeOf(outcome)) };
  };

  test('T138 [MO5]: nothing to wait for is reached at once', () => {
    const { monitor } = setUp();
    const { seen, callback } = outcomes();
    monitor.notifyWhenServablesReachState([], 'available', callback);
    expect(seen).toEqual([{ reached: true, states: {} }]);
  });

  test('T139 [MO5]: one call, when the last request is settled', () => {
    const { monitor, tell } = setUp();
    const { seen, callback } = outcomes();
    monitor.notifyWhenServablesReachState([specific('a', 1), specific('b', 1)], 'available', callback);
    tell('a:1 available');
    expect(seen).toEqual([]);
    tell('b:1 available');
    tell('b:1 available');
    expect(seen).toEqual([{ reached: true, states: { 'a:1': 'available', 'b:1': 'available' } }]);
  });

  test('T140 [MO5]: one that ended settles the wait negatively', () => {
    const { monitor, tell } = setUp();
    const { seen, callback } = outcomes();
    monitor.notifyWhenServablesReachState([specific('a', 1), specific('b', 1)], 'available', callback);
    tell('a:1 end', broken);
    tell('b:1 available');
    expect(seen).toEqual([{ reached: false, states: { 'a:1': 'end', 'b:1': 'available' } }]);
  });

  test('T141 [MO6]: a name is settled by a version at the goal, at once if it is there already', () => {
    const { monitor, tell } = setUp();
    const before = outcomes();
    monitor.notifyWhenServablesReachState([latest('a')], 'available', before.callback);
    tell('a:1 available');
    const after = outcomes();
    monitor.notifyWhenServablesReachState([latest('a')], 'available', after.callback);
    const reached = [{ reached: true, states: { 'a:1': 'available' } }];
    expect(before.seen).toEqual(reached);
    expect(after.seen).toEqual(reached);
  });

  test('T142 [MO6]: the highest settled version of a name decides', () => {
    const { monitor, tell } = setUp();
    const { seen, callback } = outcomes();
    tell('a:2 end', broken);
    tell('a:1 available');
    monitor.notifyWhenServablesReachState([latest('a')], 'available', callback);
    expect(seen).toEqual([{ reached: false, states: { 'a:2': 'end' } }]);
  });

  test('T143 [MO7]: a wait ends with its time, and nothing is called later', async () => {
    const { clock, monitor, tell } = setUp();
    const waiting = monitor.waitUntilServablesReachState([latest('a')], 'available', { timeoutMs: 1_000 });
    await clock.advance(1_000);
    expect(outcomeOf(await waiting)).toEqual({ reached: false, states: {} });
    tell('a:1 available');
    await settle();
    expect(clock.pending).toBe(0);
    const met = monitor.waitUntilServablesReachState([latest('a')], 'available', { timeoutMs: 1_000 });
    expect((await met).reached).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('T144 [MO5]: two waits with different goals fire by themselves, once', () => {
    const { monitor, tell } = setUp();
    const loading = outcomes();
    const available = outcomes();
    monitor.notifyWhenServablesReachState([specific('a', 1)], 'loading', loading.callback);
    monitor.notifyWhenServablesReachState([specific('a', 1)], 'available', available.callback);
    tell('a:1 loading');
    expect([loading.seen.length, available.seen.length]).toEqual([1, 0]);
    tell('a:1 available');
    tell('a:1 end');
    expect([loading.seen.length, available.seen.length]).toEqual([1, 1]);
  });

  test('T145 [MO8]: who is told of an event finds it in the monitor already', () => {
    const { monitor, tell } = setUp();
    const seen: (ManagerState | undefined)[] = [];
    monitor.onDidChange(({ state }) => seen.push(state.managerState, monitor.state(state.id)?.managerState));
    tell('a:1 loading');
    expect(seen).toEqual(['loading', 'loading']);
  });
});
