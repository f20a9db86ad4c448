import { AppError } from '../../app/base/errors';
import type { Loader } from './loader';
import type { ResourceUtil } from './resource-util';
import { mainMemory, type ResourceAllocation } from './resources';

/** Main memory in numbers, for people. */
export interface MemoryShortage {
  readonly needBytes: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Bytes of main memory. There is one main memory: in a normalised allocation it has one entry at most. */
export const mainRamIn = (allocation: ResourceAllocation): number =>
  allocation.find(({ resource }) => resource.device === 'main' && resource.kind === 'ram_in_bytes')
    ?.quantity ?? 0;

/**
 * Keeps account of what loaders may use of a total. Charges are remembered per loader, so that one can be corrected or given
 * back without asking all others. Source: TensorFlow Serving, resources/resource_tracker.h.
 */
export class ResourceTracker {
  readonly util: ResourceUtil;
  #total: ResourceAllocation;
  #used: ResourceAllocation = [];
  readonly #charges = new Map<Loader, ResourceAllocation>();

  /** Throws INVALID_ARGUMENT unless the total is valid and, after normalising, bound. */
  constructor(total: ResourceAllocation, util: ResourceUtil) {
    this.util = util;
    this.#total = this.#checkedTotal(total);
  }

  get total(): ResourceAllocation {
    return this.#total;
  }

  get used(): ResourceAllocation {
    return this.#used;
  }

  /** Another budget from now on. What is loaded stays, even when it no longer fits. */
  setTotal(total: ResourceAllocation): void {
    this.#total = this.#checkedTotal(total);
  }

  /** Asks the loader for its estimate; throws its error, or INVALID_ARGUMENT when it makes no sense. */
  async estimate(loader: Loader): Promise<ResourceAllocation> {
    const estimate = await loader.estimateResources();
    this.util.verifyValidity(estimate);
    return this.util.normalize(estimate);
  }

  /** Charges `estimate` if it fits beside what is used; otherwise changes nothing and answers false. */
  reserve(loader: Loader, estimate: ResourceAllocation): boolean {
    const occupied = this.util.add(this.util.overbind(this.#used), estimate);
    if (!this.util.lessThanOrEqual(occupied, this.#total)) return false;
    this.#charge(loader, estimate);
    return true;
  }

  /** Estimates and reserves in one go. */
  async reserveResources(loader: Loader): Promise<boolean> {
    return this.reserve(loader, await this.estimate(loader));
  }

  release(loader: Loader): void {
    if (this.#charges.has(loader)) this.#charge(loader, undefined);
  }

  /** Corrects the charge of a loader that has one by a fresh estimate. */
  async refresh(loader: Loader): Promise<void> {
    const estimate = await this.estimate(loader);
    if (this.#charges.has(loader)) this.#charge(loader, estimate);
  }

  /** Corrects every charge; a loader that cannot tell keeps the charge it has. */
  async refreshAll(): Promise<void> {
    await Promise.allSettled([...this.#charges.keys()].map((loader) => this.refresh(loader)));
  }

  /** Could `estimate` ever fit, if nothing else were loaded? */
  fitsTotal(estimate: ResourceAllocation): boolean {
    return this.util.lessThanOrEqual(estimate, this.#total);
  }

  /** Forgets all charges and charges these loaders afresh; nothing changes when an estimate fails. */
  async recomputeUsedResources(loaders: readonly Loader[]): Promise<void> {
    const estimates = await Promise.all(loaders.map((loader) => this.estimate(loader)));
    this.#charges.clear();
    loaders.forEach((loader, index) => {
      this.#charges.set(loader, estimates[index] ?? []);
    });
    this.#sumUp();
  }

  /** What of main memory `estimate` needs and what is free. */
  shortage(estimate: ResourceAllocation): MemoryShortage {
    const totalBytes = mainRamIn(this.#total);
    return {
      needBytes: mainRamIn(estimate),
      freeBytes: Math.max(0, totalBytes - mainRamIn(this.#used)),
      totalBytes,
    };
  }

  /** Bytes of main memory charged to a loader; null when it holds nothing. */
  chargedBytes(loader: Loader): number | null {
    const charge = this.#charges.get(loader);
    return charge ? mainRamIn(charge) : null;
  }

  #charge(loader: Loader, estimate: ResourceAllocation | undefined): void {
    const before = this.#charges.get(loader);
    if (estimate) this.#charges.set(loader, estimate);
    else this.#charges.delete(loader);
    const rest = before ? this.util.subtract(this.#used, before) : this.#used;
    if (rest) this.#used = estimate ? this.util.add(rest, estimate) : rest;
    else this.#sumUp();
  }

  #sumUp(): void {
    this.#used = this.util.add(...this.#charges.values());
  }

  #checkedTotal(total: ResourceAllocation): ResourceAllocation {
    this.util.verifyValidity(total);
    const normal = this.util.normalize(total);
    if (!this.util.isBound(normal)) {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'Total resources must be bound to instances' });
    }
    return normal;
  }
}

/** A tracker of main memory alone. */
export const memoryTracker = (budgetBytes: number, util: ResourceUtil): ResourceTracker =>
  new ResourceTracker(mainMemory(budgetBytes), util);
