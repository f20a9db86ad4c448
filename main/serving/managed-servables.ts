import type { HarnessState } from './harness-state';
import type { ManagedServable } from './managed-servable';
import type { ServableId } from './servable-id';

export interface ManagedServableSnapshot<S> {
  readonly id: ServableId;
  readonly state: HarnessState;
  /** Null when there is none, and when it is of another kind than was asked for. */
  readonly additionalState: S | null;
}

/** The records of what a manager has taken charge of, by stream and version, in the order in which they were managed. */
export class ManagedServables {
  readonly #streams = new Map<string, Map<number, ManagedServable>>();

  add(managed: ManagedServable): void {
    const { name, version } = managed.id;
    let stream = this.#streams.get(name);
    if (!stream) {
      stream = new Map();
      this.#streams.set(name, stream);
    }
    stream.set(version, managed);
  }

  delete({ name, version }: ServableId): void {
    const stream = this.#streams.get(name);
    stream?.delete(version);
    if (stream?.size === 0) this.#streams.delete(name);
  }

  find({ name, version }: ServableId): ManagedServable | undefined {
    return this.#streams.get(name)?.get(version);
  }

  names(): string[] {
    return [...this.#streams.keys()];
  }

  of(name: string): ManagedServable[] {
    return [...(this.#streams.get(name)?.values() ?? [])];
  }

  *[Symbol.iterator](): Iterator<ManagedServable> {
    for (const stream of this.#streams.values()) yield* stream.values();
  }
}

export const snapshotOf = <S>(
  { id, harness, additionalState }: ManagedServable,
  isState: (state: unknown) => state is S,
): ManagedServableSnapshot<S> => ({
  id,
  state: harness.state,
  additionalState: isState(additionalState) ? additionalState : null,
});
