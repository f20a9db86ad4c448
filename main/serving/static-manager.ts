import { AppError } from '../../app/base/errors';
import { BasicManager, type BasicManagerOptions } from './basic-manager';
import type { Manager } from './manager';
import { servableData } from './servable-data';
import { formatServableId, type ServableId, servableKey } from './servable-id';
import { SimpleLoader } from './simple-loader';

export interface StaticManager extends Manager {
  close(): Promise<void>;
}

/** Collects servables, then makes a manager that has them all and never changes. Source: TensorFlow Serving, core/static_manager.h. */
export class StaticManagerBuilder {
  readonly #options: BasicManagerOptions;
  readonly #servables = new Map<string, { readonly id: ServableId; readonly servable: unknown }>();
  #isSpent = false;

  constructor(options: BasicManagerOptions) {
    this.#options = options;
  }

  /** Throws INVALID_ARGUMENT for nothing or for an id that it has, FAILED_PRECONDITION after `build`. */
  addServable(id: ServableId, servable: unknown): void {
    if (this.#isSpent) throw refused('FAILED_PRECONDITION', id, 'the manager is built already');
    if (servable === undefined || servable === null) throw refused('INVALID_ARGUMENT', id, 'no servable');
    if (this.#servables.has(servableKey(id))) throw refused('INVALID_ARGUMENT', id, 'added already');
    this.#servables.set(servableKey(id), { id, servable });
  }

  /** Null the second time: the builder is spent. */
  async build(): Promise<StaticManager | null> {
    if (this.#isSpent) return null;
    this.#isSpent = true;
    const manager = new BasicManager(this.#options);
    for (const { id, servable } of this.#servables.values()) {
      manager.manageServable(servableData(id, new SimpleLoader({ create: () => servable })));
      await manager.loadServable(id);
    }
    return manager;
  }
}

const refused = (
  code: 'FAILED_PRECONDITION' | 'INVALID_ARGUMENT',
  id: ServableId,
  reason: string,
): AppError =>
  new AppError(
    code,
    { name: id.name, version: String(id.version) },
    { detail: `${formatServableId(id)}: ${reason}` },
  );
