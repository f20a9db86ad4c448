import { AppError } from '../../app/base/errors';
import type { AspiredVersionPolicy } from './aspired-version-policy';
import { AspiredVersionsManager } from './aspired-versions-manager';
import { BasicManager } from './basic-manager';
import { type HarnessStateKind, isLeaving, isOrWillBeReady, isTerminal } from './harness-state';
import { type LoaderFactory, loaderFactory } from './loader';
import { loaderOf, type SimulationStep, StoppedClock, shortageIn, stepBefore } from './rehearsal';
import { ResourceTracker } from './resource-tracker';
import { mainOnly, ResourceUtil } from './resource-util';
import { mainMemory } from './resources';
import { type ServableData, servableData, servableError } from './servable-data';
import { type ServableId, sameServable } from './servable-id';
import type { PolicyChoice } from './stream-policies';

/** One version as it stands now, in managed order: what `AspiredVersionsManager.snapshots` tells. */
export interface SimulatedServable {
  readonly id: ServableId;
  readonly state: HarnessStateKind;
  readonly isAspired: boolean;
  /** Why it failed: one that was refused for memory is tried again when there is room. */
  readonly error?: AppError | null;
}

export interface SimulationInput {
  readonly servables: readonly SimulatedServable[];
  /** The wishes to try out: names that are left out keep the wish that `servables` show. */
  readonly wanted: ReadonlyMap<string, readonly number[]>;
  /** The policies to try out. */
  readonly policyOf: (name: string) => PolicyChoice;
  /** Main memory that a version takes, or is expected to take. */
  readonly bytesOf: (id: ServableId) => number;
  /** Memory that is charged for servables which are not listed. */
  readonly otherBytes?: number;
  /** Null: there is no limit. */
  readonly budgetBytes: number | null;
  readonly maxActionsPerTick?: number;
  readonly numLoadThreads?: number;
}

export interface Simulation {
  /** In the order in which they are decided. */
  readonly steps: readonly SimulationStep[];
  /** The most memory that is charged at any moment, the beginning included. */
  readonly peakBytes: number;
  readonly finalBytes: number;
  /** Names that have an available version now and lose all of them at some moment, although some are wanted. */
  readonly gaps: ReadonlySet<string>;
}

/**
 * What a change would do: the real managers decide, over loaders that load and unload at once. Loads that are under way count as
 * loaded, what is on its way out as gone, and nobody holds on to anything.
 */
export async function simulate(input: SimulationInput): Promise<Simulation> {
  const rehearsal = new Rehearsal(input);
  await rehearsal.takeUpPresentState();
  return rehearsal.tryOut();
}

class Rehearsal {
  readonly #input: SimulationInput;
  readonly #clock = new StoppedClock();
  readonly #tracker = new ResourceTracker(mainMemory(Number.MAX_SAFE_INTEGER), new ResourceUtil(mainOnly));
  readonly #basic: BasicManager;
  readonly #manager: AspiredVersionsManager;
  readonly #present: readonly SimulatedServable[];

  constructor(input: SimulationInput) {
    this.#input = input;
    this.#present = input.servables.filter(({ state, isAspired }) =>
      isAspired ? !isLeaving(state) : state === 'ready',
    );
    const { numLoadThreads, maxActionsPerTick } = input;
    this.#basic = new BasicManager({
      clock: this.#clock,
      resourceTracker: this.#tracker,
      ...(numLoadThreads === undefined ? {} : { numLoadThreads }),
    });
    this.#manager = new AspiredVersionsManager({
      basicManager: this.#basic,
      aspiredVersionPolicy: loading(this.#present.filter(({ state }) => isOrWillBeReady(state))),
      ...(maxActionsPerTick === undefined ? {} : { maxActionsPerTick }),
    });
    this.#manager.run();
  }

  /** Brings the managers to where the real ones are. */
  async takeUpPresentState(): Promise<void> {
    const others = loaderOf(this.#input.otherBytes ?? 0);
    this.#tracker.reserve(others, await others.estimateResources());
    const names = new Set(this.#present.map(({ id }) => id.name));
    const aspire = (isWanted: (servable: SimulatedServable) => boolean): void => {
      for (const name of names) {
        const listed = this.#present.filter((it) => it.id.name === name && isWanted(it));
        this.#manager.aspiredVersionsCallback()(
          name,
          listed.map((it) => this.#item(it)),
        );
      }
    };
    aspire(() => true);
    await this.#rest();
    this.#basic.setTotalResources(mainMemory(this.#usedBytes()));
    for (const name of names) this.#manager.setPolicy(name, loading(this.#present.filter(wasRefused)));
    await this.#rest();
    for (const name of names) this.#manager.setPolicy(name, loading([]));
    aspire(({ isAspired }) => isAspired);
    await this.#rest();
  }

  async tryOut(): Promise<Simulation> {
    const { wanted, budgetBytes, policyOf, servables } = this.#input;
    const leavingBytes = servables
      .filter(({ state }) => isLeaving(state))
      .reduce((sum, { id }) => sum + this.#input.bytesOf(id), 0);
    const steps: SimulationStep[] = [];
    const gaps = new Set<string>();
    let peakBytes = this.#usedBytes() + leavingBytes;
    const hadReady = new Set(this.#basic.listAvailableServableIds().map(({ name }) => name));

    this.#manager.onDidDecide((action) => {
      steps.push({
        ...action,
        bytes: this.#input.bytesOf(action.id),
        after: stepBefore(steps, action),
        refusal: null,
      });
    });
    this.#basic.onDidChange(({ id, what }) => {
      if (what !== 'state') return;
      peakBytes = Math.max(peakBytes, this.#usedBytes());
      const lacksReady = !this.#basic
        .managedOf(id.name)
        .some(({ harness }) => harness.state.kind === 'ready');
      const isWanted = (wanted.get(id.name)?.length ?? 1) > 0;
      if (lacksReady && isWanted && hadReady.has(id.name)) gaps.add(id.name);
      const error = this.#basic.find(id)?.harness.status;
      if (error?.code === 'MEMORY_EXHAUSTED') markRefused(steps, id, error);
    });

    for (const name of new Set([...servables.map(({ id }) => id.name), ...wanted.keys()])) {
      this.#manager.setPolicy(name, policyOf(name));
    }
    for (const [name, versions] of wanted) {
      const items = versions.map((version) => this.#item(this.#presentOrNew({ name, version })));
      this.#manager.aspiredVersionsCallback()(name, items);
    }
    this.#basic.setTotalResources(mainMemory(budgetBytes ?? Number.MAX_SAFE_INTEGER));
    await this.#rest();
    return { steps, peakBytes, finalBytes: this.#usedBytes(), gaps };
  }

  #presentOrNew(id: ServableId): SimulatedServable {
    return this.#present.find((it) => sameServable(it.id, id)) ?? { id, state: 'new', isAspired: true };
  }

  #item(servable: SimulatedServable): ServableData<LoaderFactory> {
    const { id, state } = servable;
    if (isTerminal(state) && !wasRefused(servable)) return servableError(id, new AppError('CANCELLED'));
    return servableData(
      id,
      loaderFactory(() => loaderOf(this.#input.bytesOf(id))),
    );
  }

  #usedBytes(): number {
    return this.#tracker.used.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  async #rest(): Promise<void> {
    while (!this.#manager.isAtRest) {
      await Promise.resolve();
      this.#clock.runDue();
    }
  }
}

/** Loads these, and touches nothing else. */
const loading =
  (present: readonly SimulatedServable[]): AspiredVersionPolicy =>
  (versions) => {
    const next = versions.find(
      ({ id, state }) => state === 'new' && present.some((it) => sameServable(it.id, id)),
    );
    return next ? { kind: 'load', id: next.id, rule: 'SI1' } : null;
  };

const wasRefused = ({ state, error }: SimulatedServable): boolean =>
  state === 'error' && error?.code === 'MEMORY_EXHAUSTED';

function markRefused(steps: SimulationStep[], id: ServableId, { params }: AppError): void {
  const index = steps.findLastIndex((step) => step.kind === 'load' && sameServable(step.id, id));
  const step = steps[index];
  if (!step) return;
  steps[index] = { ...step, refusal: shortageIn(params) };
}
