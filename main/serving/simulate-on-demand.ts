import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../app/base/errors';
import { BasicManager } from './basic-manager';
import { type Loader, loaderFactory } from './loader';
import { specific } from './manager';
import { loaderOf, type SimulationStep, StoppedClock, shortageIn, stepBefore } from './rehearsal';
import { ResourceTracker } from './resource-tracker';
import { mainOnly, ResourceUtil } from './resource-util';
import { mainMemory } from './resources';
import { servableData } from './servable-data';
import { type ServableId, sameServable } from './servable-id';
import type { Simulation } from './simulate';
import { StreamManager } from './stream-manager';
import type { PolicyChoice } from './stream-policies';

/** One version of a stream that is loaded on demand: loaded, or failed to load. */
export interface OnDemandServable {
  readonly id: ServableId;
  readonly isLoaded: boolean;
  /** Can requests that name it have it loaded? */
  readonly isRegistered: boolean;
  readonly isPinned: boolean;
  /** When it was last used: the one used the longest ago makes room first. */
  readonly usedAtMs: number;
}

export interface OnDemandSimulationInput {
  readonly name: string;
  /** Of all streams that are loaded on demand, in managed order. */
  readonly servables: readonly OnDemandServable[];
  /** The versions of `name` that requests can have loaded now. */
  readonly registered: readonly number[];
  /** The versions to try out. */
  readonly wanted: readonly number[];
  /** The policy to try out. */
  readonly policy: PolicyChoice;
  readonly bytesOf: (id: ServableId) => number;
  /** Memory that is charged for servables which are not listed. */
  readonly otherBytes?: number;
  /** Null: there is no limit. */
  readonly budgetBytes: number | null;
}

/**
 * What other versions would do to a stream that is loaded on demand: the real managers take them up, over loaders that take no time.
 * Steps are those of the stream, in the order in which they are carried out. Nobody holds on to anything, and no request comes.
 */
export async function simulateOnDemand(input: OnDemandSimulationInput): Promise<Omit<Simulation, 'gaps'>> {
  const rehearsal = new OnDemandRehearsal(input);
  await rehearsal.takeUpPresentState();
  return rehearsal.tryOut();
}

class OnDemandRehearsal {
  readonly #input: OnDemandSimulationInput;
  readonly #clock = new StoppedClock();
  readonly #tracker = new ResourceTracker(mainMemory(Number.MAX_SAFE_INTEGER), new ResourceUtil(mainOnly));
  readonly #basic = new BasicManager({
    clock: this.#clock,
    loadRetry: { maxRetries: 0, intervalMs: 0 },
    resourceTracker: this.#tracker,
  });
  readonly #manager = new StreamManager({
    basicManager: this.#basic,
    aspiredVersionPolicy: 'availabilityPreserving',
  });

  constructor(input: OnDemandSimulationInput) {
    this.#input = input;
    this.#manager.run();
  }

  /** Brings the managers to where the real ones are. */
  async takeUpPresentState(): Promise<void> {
    const { name, servables, registered, otherBytes = 0 } = this.#input;
    const others = loaderOf(otherBytes);
    this.#tracker.reserve(others, await others.estimateResources());
    const streams = [...new Set([name, ...servables.map(({ id }) => id.name)])].map((each) => {
      const own = servables.filter(({ id }) => id.name === each);
      const toBeHad = each === name ? registered : versionsOf(own.filter(({ isRegistered }) => isRegistered));
      return { each, own, toBeHad, waits: own.some((it) => it.isLoaded && !it.isRegistered) };
    });
    for (const { each, own, toBeHad, waits } of streams) {
      const pinned = new Set(versionsOf(own.filter(({ isPinned }) => isPinned)));
      this.#manager.setOnDemand(each, { idleUnloadMs: null, pinned });
      this.#register(each, [...new Set([...(waits ? [] : toBeHad), ...versionsOf(own)])]);
    }
    for (const { id } of servables) {
      this.#manager.load(id);
      await this.#rest();
    }
    const longestUnusedFirst = [...servables].sort((one, other) => one.usedAtMs - other.usedAtMs);
    for (const { id, isLoaded, usedAtMs } of longestUnusedFirst) {
      this.#clock.moveTo(usedAtMs);
      if (isLoaded) this.#manager.getServableHandle(specific(id.name, id.version), isAnything).dispose();
    }
    for (const { each, toBeHad, waits } of streams) {
      // what is loaded and cannot be asked for goes on answering since its successor has failed
      this.#manager.setPolicy(each, waits ? 'availabilityPreserving' : 'resourcePreserving');
      this.#register(each, toBeHad);
    }
    await this.#rest();
  }

  async tryOut(): Promise<Omit<Simulation, 'gaps'>> {
    const { name, wanted, policy, bytesOf, budgetBytes } = this.#input;
    const steps: SimulationStep[] = [];
    let peakBytes = this.#usedBytes();
    const step = (
      kind: 'load' | 'unload',
      id: ServableId,
      refusal: SimulationStep['refusal'] = null,
    ): void => {
      if (id.name !== name) return;
      steps.push({
        kind,
        id,
        rule: 'SI6',
        bytes: bytesOf(id),
        after: stepBefore(steps, { kind, id }),
        refusal,
      });
    };
    this.#basic.onDidChange(({ id, what }) => {
      if (what !== 'state') return;
      peakBytes = Math.max(peakBytes, this.#usedBytes());
      const state = this.#basic.find(id)?.harness.state;
      if (state?.kind === 'loading') step('load', id);
      else if (state?.kind === 'quiescing') step('unload', id);
      else if (state?.kind === 'error' && state.error.code === 'MEMORY_EXHAUSTED')
        step('load', id, shortageIn(state.error.params));
    });
    this.#basic.setTotalResources(mainMemory(budgetBytes ?? Number.MAX_SAFE_INTEGER));
    this.#manager.setPolicy(name, policy);
    this.#register(name, wanted);
    await this.#rest();
    return { steps, peakBytes, finalBytes: this.#usedBytes() };
  }

  #register(name: string, versions: readonly number[]): void {
    const items = versions.map((version) => {
      const id = { name, version };
      return servableData(
        id,
        loaderFactory(() => this.#loaderOf(id), 'as it is'),
      );
    });
    this.#manager.aspiredVersionsCallback()(name, items);
  }

  /** One that has failed does so when it is brought to where it is. */
  #loaderOf(id: ServableId): Loader {
    const known = this.#input.servables.find((it) => sameServable(it.id, id));
    const loader = loaderOf(this.#input.bytesOf(id));
    if (!known || known.isLoaded) return loader;
    return { ...loader, load: () => Promise.reject(new AppError('RUNNER_START_FAILED')) };
  }

  #usedBytes(): number {
    return this.#tracker.used.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  async #rest(): Promise<void> {
    do {
      await nextTurn(); // everything that takes no time is done then
      this.#clock.runDue();
    } while (!this.#manager.isAtRest);
  }
}

const isAnything = (servable: unknown): servable is unknown => servable !== undefined;

const versionsOf = (servables: readonly OnDemandServable[]): number[] =>
  servables.map(({ id }) => id.version);
