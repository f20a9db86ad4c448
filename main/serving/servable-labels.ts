import { Emitter, type Event } from '../../app/base/emitter';
import type { Disposable } from '../../app/base/lifecycle';
import type { EventBus } from './event-bus';
import { type ServableRequest, specific } from './manager';
import { labelUnknown } from './servable-errors';
import type { ServableId } from './servable-id';
import type { ServableState } from './servable-state';

/** A label as people see it. */
export interface LabelSnapshot {
  readonly label: string;
  /** Where it is to point. */
  readonly version: number;
  /** Where it points until `version` is available; null when it points nowhere yet. Equal to `version` when not pending. */
  readonly appliedVersion: number | null;
  readonly isPending: boolean;
}

interface Label {
  readonly version: number;
  readonly appliedVersion: number | null;
}

/**
 * Names for versions of a model (stable, canary, …). A label moves in one step, once its target is available; until then it points
 * where it did, and is pending. Ours: TensorFlow Serving refuses a label whose target is not available.
 * Source: TensorFlow Serving, `ServerCore::UpdateModelVersionLabelMap`.
 */
export class ServableLabels implements Disposable {
  readonly #isAvailable: (id: ServableId) => boolean;
  readonly #byName = new Map<string, ReadonlyMap<string, Label>>();
  readonly #didApply = new Emitter<string>();
  readonly #subscription: Disposable;

  /** Fires with the model's name when labels of it begin to point at a version that has become available. */
  readonly onDidApply: Event<string> = this.#didApply.event;

  constructor(bus: EventBus<ServableState>, isAvailable: (id: ServableId) => boolean) {
    this.#isAvailable = isAvailable;
    this.#subscription = bus.subscribe(({ event }) => {
      if (event.managerState === 'available') this.noteAvailable(event.id);
    });
  }

  /** Replaces all labels of a model at once; what is left out is gone. Whoever sets them tells of it. */
  set(name: string, labels: Readonly<Record<string, number>>): void {
    const before = this.#byName.get(name);
    const after = new Map<string, Label>();
    for (const [label, version] of Object.entries(labels)) {
      const isReady = this.#isAvailable({ name, version });
      after.set(label, {
        version,
        appliedVersion: isReady ? version : (before?.get(label)?.appliedVersion ?? null),
      });
    }
    if (after.size > 0) this.#byName.set(name, after);
    else this.#byName.delete(name);
  }

  /**
   * The version that a label means now. Throws LABEL_UNKNOWN when the model lacks it. A label that has never been applied means
   * its target: asking the manager for that says that it is not available.
   */
  resolve(name: string, label: string): ServableRequest {
    const found = this.#byName.get(name)?.get(label);
    if (found) return specific(name, found.appliedVersion ?? found.version);
    throw labelUnknown(name, label);
  }

  /** In the order in which they were set. */
  snapshot(name: string): readonly LabelSnapshot[] {
    return [...(this.#byName.get(name) ?? [])].map(([label, { version, appliedVersion }]) => ({
      label,
      version,
      appliedVersion,
      isPending: appliedVersion !== version,
    }));
  }

  /** Requests for this version are answered from now on. */
  noteAvailable({ name, version }: ServableId): void {
    const labels = this.#byName.get(name);
    if (
      !labels ||
      ![...labels.values()].some((it) => it.version === version && it.appliedVersion !== version)
    )
      return;
    const applied = [...labels].map(([label, it]): [string, Label] => [
      label,
      it.version === version ? { version, appliedVersion: version } : it,
    ]);
    this.#byName.set(name, new Map(applied));
    this.#didApply.fire(name);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#didApply.dispose();
  }
}
