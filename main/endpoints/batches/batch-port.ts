import type { JobState } from '../../../app/contract/jobs';
import type { Caller } from '../auth/gate';

/** A batch as clients may see it: no path. */
export interface BatchStatus {
  readonly id: string;
  readonly model: string;
  readonly versions: readonly number[];
  readonly state: JobState;
  readonly done: number;
  /** Null until they are counted. */
  readonly total: number | null;
  /** Of those that are done, the pictures without an answer of every version. */
  readonly failed: number;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  /** Why it failed; fit for a client. */
  readonly error: string | null;
}

/** What a picture of a batch was answered. */
export interface BatchResult {
  readonly index: number;
  /** As the client called it. */
  readonly name: string;
  readonly results: readonly {
    readonly version: number;
    readonly classes?: readonly {
      readonly index: number;
      readonly label: string | null;
      readonly probability: number | null;
    }[];
    readonly error?: string;
  }[];
}

export interface NewBatch {
  readonly owner: Caller;
  readonly model: string;
  readonly versions: readonly number[];
  readonly top: number;
  readonly pictures:
    | { readonly kind: 'upload'; readonly body: Uint8Array; readonly contentType: string }
    /** A folder below the root that whoever runs the server has named. */
    | { readonly kind: 'folder'; readonly path: string };
}

/**
 * Batches over the network. Each belongs to the token that it was asked for with, and nobody else's token sees it. Every method throws
 * `AppError`, NOT_FOUND for a batch that is not there.
 */
export interface BatchPort {
  /** Throws INVALID_ARGUMENT for a body without pictures, RESOURCE_EXHAUSTED when too many are under way, PERMISSION_DENIED for a folder outside. */
  create(batch: NewBatch): Promise<BatchStatus>;
  list(owner: Caller): readonly BatchStatus[];
  get(id: string, owner: Caller): BatchStatus;
  /** In the order of the pictures. `isFollowing` goes on until the batch has ended, else it is what there is; null says that it still waits. */
  results(
    id: string,
    owner: Caller,
    options: { readonly isFollowing: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<BatchResult | null>;
  /** What is answered so far stays. */
  cancel(id: string, owner: Caller): BatchStatus;
  /** Ends it if need be, and forgets its pictures and answers. */
  remove(id: string, owner: Caller): Promise<void>;
}
