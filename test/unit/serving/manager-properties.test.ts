import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminal } from '../../../main/serving/harness-state';
import type { FakeLoader } from '../../support/fake-loader';
import { anyBehaviours, anyCommands, HistoryWorld } from '../../support/random-history';

const budget = 12;

/** Looks over the manager's shoulder and writes down whatever must not be. */
class Watch {
  readonly violations: string[] = [];
  readonly #world: HistoryWorld;
  #isReloading = false;
  isClosing = false;

  constructor(world: HistoryWorld) {
    this.#world = world;
    world.bus.subscribe(({ event: { id, managerState } }) => {
      const isWanted = world.manager.snapshot(id)?.isAspired;
      if (managerState === 'unloading' && !this.isClosing && !this.#isReloading) {
        this.#demand(isWanted === false, 'IN1: a version that is ready and aspired is not unloaded');
      }
    });
    world.manager.onDidDecide(({ kind, id, rule }) => {
      this.#isReloading = rule === 'AVM19';
      if (this.#isReloading) return;
      const all = world.manager.snapshots(id.name);
      const policy = world.manager.policyOf(id.name);
      if (kind === 'unload' && policy === 'availabilityPreserving') {
        const others = all.filter((it) => it.id.version !== id.version);
        const isAnyWanted = others.some(({ isAspired }) => isAspired);
        const isCovered = others.some(({ state }) => state === 'ready');
        this.#demand(isCovered || !isAnyWanted, 'IN4: a wanted model keeps a ready version');
      }
      if (kind === 'load' && policy === 'resourcePreserving') {
        const old = all.filter(({ isAspired, state }) => !isAspired && !isTerminal(state));
        this.#demand(old.length === 0, 'IN5: old and new are not held together');
      }
    });
    world.manager.onDidChange(({ id, what }) => {
      if (what !== 'state' || world.manager.snapshot(id)?.state !== 'loadApproved') return;
      const total = world.tracker?.total[0]?.quantity ?? 0;
      this.#demand(usedBytes(world) <= total, 'IN6: what is reserved fits the total when a load is let in');
    });
  }

  /** Between two commands. */
  look(): void {
    const world = this.#world;
    for (const text of world.violations) this.#demand(false, `IN3: ${text}`);
    for (const { loader } of world.loaders) this.#demand(hasOneBracket(loader), 'IN2: one load, one unload');
    const ready = world.manager.snapshots().filter(({ state }) => state === 'ready');
    const keys = ready.map(({ id }) => `${id.name}:${id.version}`);
    this.#demand(keys.sort().join() === world.available().sort().join(), 'IN8: available is what is ready');
    for (const { id } of ready) {
      const handle = world.handle(id.name, id.version);
      this.#demand(handle.servable.label === `${id.name}:${id.version}`, 'IN8: the right servable answers');
      handle.dispose();
    }
  }

  lookAtRest(): void {
    const world = this.#world;
    this.#demand(world.manager.isAtRest, 'IN7: the manager comes to rest');
    let charged = 0;
    for (const { id, state, isAspired, waitingFor, handles, reservedBytes } of world.manager.snapshots()) {
      const isSettled = state === 'ready' || (isAspired && isTerminal(state));
      this.#demand(isSettled, 'IN7: what is wanted is ready or has failed');
      this.#demand(isAspired || this.#isStandIn(id.name), 'IN7: the rest is gone');
      this.#demand(waitingFor === null && handles === 0, 'IN7: nothing waits');
      charged += reservedBytes ?? 0;
    }
    this.#demand(charged === usedBytes(world), 'IN7: charged is what is there');
  }

  /** Availability-preserving keeps one old version while what is wanted has failed. */
  #isStandIn(name: string): boolean {
    const all = this.#world.manager.snapshots(name);
    const wanted = all.filter(({ isAspired }) => isAspired);
    return (
      this.#world.manager.policyOf(name) === 'availabilityPreserving' &&
      all.length === wanted.length + 1 &&
      wanted.length > 0 &&
      wanted.every(({ state }) => state !== 'ready')
    );
  }

  lookWhenClosed(): void {
    const loaded = this.#world.loaders.filter(({ loader }) => loader.servable() !== undefined);
    this.#demand(loaded.length === 0, 'IN9: closing leaves nothing loaded');
    this.#demand(usedBytes(this.#world) === 0, 'IN9: closing leaves nothing reserved');
  }

  #demand(isFulfilled: boolean, rule: string): void {
    if (!isFulfilled) this.violations.push(rule);
  }
}

const usedBytes = (world: HistoryWorld): number =>
  world.tracker?.used.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;

function hasOneBracket({ calls }: FakeLoader): boolean {
  const ends = calls.filter((it) => it === 'loaded' || it === 'unload').join();
  const loaded = calls.indexOf('loaded');
  return ['', 'loaded', 'loaded,unload'].includes(ends) && (loaded < 0 || calls.lastIndexOf('load') < loaded);
}

test('[IN1] [IN2] [IN3] [IN4] [IN5] [IN6] [IN7] [IN8] [IN9]: random histories break no invariant', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(anyBehaviours, anyCommands, fc.boolean(), async (behaviours, commands, mayRest) => {
      const world = new HistoryWorld(behaviours, budget);
      const watch = new Watch(world);
      for (const command of commands) {
        await world.carryOut(command);
        watch.look();
      }
      if (mayRest) {
        await world.comeToRest();
        watch.look();
        watch.lookAtRest();
      }
      watch.isClosing = true;
      const closed = world.manager.close();
      await world.comeToRest();
      await closed;
      watch.look();
      watch.lookWhenClosed();
      expect([...new Set(watch.violations)]).toEqual([]);
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
  );
});
