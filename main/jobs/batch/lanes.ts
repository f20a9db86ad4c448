import { AppError } from '../../../app/base/errors';
import type { JobRun } from '../job-kind';

/**
 * Works through pieces in several lanes, so that a process has the next piece when it is done with one. `take` gives the next piece, or null
 * when there are no more. What ends one lane ends all of them, after the pieces that were begun. False when a pause ended them.
 */
export async function inLanes<T>(
  run: Pick<JobRun<unknown>, 'isPaused' | 'signal'>,
  lanes: number,
  take: () => Promise<T | null>,
  work: (piece: T) => Promise<void>,
): Promise<boolean> {
  let isBroken = false;
  let isDone = false;
  const lane = async (): Promise<void> => {
    try {
      while (!isBroken && !run.isPaused) {
        if (run.signal.aborted) throw new AppError('CANCELLED');
        const piece = await take();
        if (piece === null) {
          isDone = true;
          return;
        }
        await work(piece);
      }
    } catch (thrown) {
      isBroken = true;
      throw thrown;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const broken = ended.find((it) => it.status === 'rejected');
  if (broken) throw broken.reason;
  return isDone;
}

/** Rows of a table that are to be worked at, read page by page and given out piece by piece, in their order. */
export class Pages<T extends { readonly item: number }> {
  readonly #read: (afterItem: number, limit: number) => Promise<readonly T[]>;
  #page: readonly T[] = [];
  #after = -1;
  #reading: Promise<void> = Promise.resolve();

  constructor(read: (afterItem: number, limit: number) => Promise<readonly T[]>) {
    this.#read = read;
  }

  /** At most `count`; null when there are no more. */
  async take(count: number): Promise<readonly T[] | null> {
    this.#reading = this.#reading.then(() => this.#fill());
    await this.#reading;
    const taken = this.#page.slice(0, count);
    this.#page = this.#page.slice(count);
    return taken.length > 0 ? taken : null;
  }

  async #fill(): Promise<void> {
    if (this.#page.length > 0) return;
    this.#page = await this.#read(this.#after, pageItems);
    this.#after = this.#page.at(-1)?.item ?? this.#after;
  }
}

const pageItems = 512;
