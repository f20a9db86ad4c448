import { reportUnexpected } from '../../app/base/errors';
import { aspiredState } from './aspired-state';
import {
  type AspiredVersionPolicy,
  type AspiredVersionPolicyKind,
  aspiredVersionPolicies,
  type ServableAction,
} from './aspired-version-policy';
import type { ManagedServable } from './managed-servable';

/** A policy of the house by its name, or one's own. */
export type PolicyChoice = AspiredVersionPolicyKind | AspiredVersionPolicy;

/** Which policy each stream has. Ours: TensorFlow Serving has one for all. */
export class StreamPolicies {
  readonly #common: PolicyChoice;
  readonly #own = new Map<string, PolicyChoice>();

  constructor(common: PolicyChoice) {
    this.#common = common;
  }

  of(name: string): PolicyChoice {
    return this.#own.get(name) ?? this.#common;
  }

  set(name: string, policy: PolicyChoice | null): void {
    if (policy) this.#own.set(name, policy);
    else this.#own.delete(name);
  }

  /** What the stream's policy would do next, given all its versions: nothing when it throws, which is reported. */
  propose(name: string, versions: readonly ManagedServable[]): ServableAction | null {
    const choice = this.of(name);
    const policy = typeof choice === 'function' ? choice : aspiredVersionPolicies[choice];
    try {
      return policy(
        versions.map((managed) => ({
          id: managed.id,
          state: managed.harness.state.kind,
          isAspired: aspiredState(managed).isAspired,
        })),
      );
    } catch (thrown) {
      reportUnexpected(thrown); // other streams go on; this one is asked again with its next change
      return null;
    }
  }
}
