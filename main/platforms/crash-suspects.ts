import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { AppError } from '../../app/base/errors';

/** What goes into a version besides names: the bytes that may be too much for its native code. */
export type InputBytes = readonly (ArrayBufferView | readonly string[])[];

/** An input that was in flight when the process ended by itself; a second time, alone, and it is refused. */
const refusedAt = 2;
const mostMarks = 1_000;
const mostVersions = 1_000;

/**
 * Remembers, for each version's content, the inputs that were in flight when its process ended. An input that did not finish is tried
 * once more with no other suspect beside it: if the process ends again, it was that input, and this version refuses it from then on;
 * if it is answered, it is cleared. Inputs are known by a hash of their bytes.
 */
export class CrashSuspects {
  readonly #versions = new LRUCache<string, VersionSuspects>({ max: mostVersions });

  /** The suspects of one content; a changed content begins with none. */
  of(contentKey: string): VersionSuspects {
    const existing = this.#versions.get(contentKey);
    if (existing) return existing;
    const fresh = new VersionSuspects();
    this.#versions.set(contentKey, fresh);
    return fresh;
  }
}

export class VersionSuspects {
  readonly #marks = new LRUCache<string, number>({ max: mostMarks });
  readonly #oneByOne = pLimit(1);

  /**
   * Asks with this input, or refuses it. `ask` is given what to call when a request that nobody waits for any more would not end.
   * Throws INPUT_CRASHED_VERSION, and what `ask` throws.
   */
  async guard<T>(input: InputBytes, ask: (onDidOverstay: () => void) => Promise<T>): Promise<T> {
    // Hashing every input for the sake of the rare bad one would cost each request: without suspects none is hashed.
    const isSuspect = this.#marks.size > 0 && this.#isMarked(input);
    const run = (): Promise<T> => ask(() => this.#mark(input));
    try {
      const answer = await (isSuspect ? this.#oneByOne(run) : run());
      if (isSuspect) this.#marks.delete(fingerprint(input));
      return answer;
    } catch (thrown) {
      if (isCrashOfItsOwn(thrown)) this.#mark(input, isSuspect);
      throw thrown;
    }
  }

  /** Throws INPUT_CRASHED_VERSION. */
  #isMarked(input: InputBytes): boolean {
    const marks = this.#marks.get(fingerprint(input)) ?? 0;
    if (marks < refusedAt) return marks > 0;
    throw new AppError(
      'INPUT_CRASHED_VERSION',
      {},
      { detail: 'This input ended the process of the version twice' },
    );
  }

  /** Of several that were in flight together each is marked once; only one that was tried alone is marked again. */
  #mark(input: InputBytes, isAgain = true): void {
    const key = fingerprint(input);
    const marks = this.#marks.get(key) ?? 0;
    if (marks === 0 || isAgain) this.#marks.set(key, marks + 1);
  }
}

/** Signals that a person or the system sends; what native code does wrong ends in others. */
const sentSignals: ReadonlySet<string> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

/** Did the process end by what it was doing, and not because somebody ended it? */
function isCrashOfItsOwn(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return false;
  const { code, params } = thrown;
  if (code === 'RUNNER_OUT_OF_MEMORY' || code === 'RUNNER_OVER_MEMORY_CAP') return true;
  return code === 'RUNNER_CRASHED' && !sentSignals.has(params['signal'] ?? '');
}

function fingerprint(input: InputBytes): string {
  const hash = createHash('sha1');
  for (const part of input) {
    if (ArrayBuffer.isView(part)) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    else hash.update(JSON.stringify(part));
    hash.update('\n');
  }
  return hash.digest('base64');
}
