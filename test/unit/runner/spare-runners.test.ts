import { beforeEach, describe, expect, test } from 'vitest';
import { SpareRunners } from '../../../main/runner/spare-runners';
import { FakeClock } from '../../support/fake-clock';
import { FakeRunnerProcess } from '../../support/fake-runner-process';

let clock: FakeClock;
let started: { readonly name: string; readonly process: FakeRunnerProcess }[];
let spares: SpareRunners;

beforeEach(() => {
  clock = new FakeClock();
  started = [];
  spares = new SpareRunners(
    ({ name }) => {
      const process = new FakeRunnerProcess();
      started.push({ name, process });
      return process;
    },
    { clock, platform: 'onnx', idleMs: 1_000 },
  );
});
const names = (): string[] => started.map(({ name }) => name);

describe('one runner is kept ready', () => {
  test('it is started when things are quiet, loads code and no model, and is handed out once', async () => {
    await clock.advance(999);
    expect(names()).toEqual([]);
    await clock.advance(1);
    expect(names()).toEqual(['slipway spare 1']);
    expect(started[0]?.process.messages).toEqual([{ kind: 'prepare', platform: 'onnx' }]);
    expect(spares.spawn({ name: 'a' })).toBe(started[0]?.process);
    expect(spares.spawn({ name: 'b' })).toBe(started[1]?.process);
    expect(names()).toEqual(['slipway spare 1', 'b']);
  });

  test('while others are started none is added', async () => {
    for (let load = 0; load < 5; load++) {
      spares.spawn({ name: `load ${load}` });
      await clock.advance(900);
    }
    expect(names()).toHaveLength(5);
    await clock.advance(100);
    expect(names().at(-1)).toBe('slipway spare 1');
  });

  test('there is never more than one', async () => {
    await clock.advance(60_000);
    expect(names()).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('one that ended unused is not handed out, and replaced a few times only', async () => {
    for (let end = 0; end < 5; end++) {
      await clock.advance(1_000);
      started.at(-1)?.process.exit();
    }
    expect(names()).toHaveLength(3);
    expect(spares.spawn({ name: 'a' })).toBe(started[3]?.process);
  });

  test('it ends with whoever keeps it, and none is started after that', async () => {
    await clock.advance(1_000);
    spares.dispose();
    expect(started[0]?.process.pid).toBeUndefined();
    spares.spawn({ name: 'a' });
    await clock.advance(10_000);
    expect(names()).toEqual(['slipway spare 1', 'a']);
  });

  test('one that was handed out is its taker’s to end', async () => {
    await clock.advance(1_000);
    const taken = spares.spawn({ name: 'a' });
    spares.dispose();
    expect(taken.pid).toBeDefined();
  });
});
