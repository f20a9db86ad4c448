import type { CancelSignal } from '../../app/base/cancel-signal';
import type { AnswerGist } from '../../app/contract/routes';
import type { Leaf } from '../traffic/router';

/** On whose behalf a version is asked. */
export interface AskedHow {
  /** Somebody else can answer: rather fail at once than wait for the version to come back. */
  readonly isImpatient: boolean;
  /** Nobody waits for the answer. */
  readonly isCopy?: boolean;
}

/** One way to ask, whatever is asked: of the chosen version, and of the shadow's. */
export interface Asking<T> {
  /** How much of it has to be kept for a copy. */
  readonly bytes: number;
  /** The picture, where it is one. */
  readonly picture: Uint8Array | null;
  ask(leaf: Leaf, how: AskedHow, signal?: CancelSignal): Promise<T>;
  gistOf(answer: T): AnswerGist | null;
  versionOf(answer: T): number;
}
