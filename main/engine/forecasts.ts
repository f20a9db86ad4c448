import { LRUCache } from 'lru-cache';
import type { VersionFolder } from '../sources/version-folders';

/** What earlier loads of the same files took, so that the next reservation is right from the start. */
export class Forecasts {
  readonly #measured = new LRUCache<string, number>({ max: 10_000 });

  /** The largest measurement counts: a reservation is an upper bound. */
  note(folder: VersionFolder, residentBytes: number): void {
    const key = keyOf(folder);
    this.#measured.set(key, Math.max(residentBytes, this.#measured.get(key) ?? 0));
  }

  of(folder: VersionFolder): number | undefined {
    return this.#measured.get(keyOf(folder));
  }
}

const keyOf = ({ path, fingerprint }: VersionFolder): string => `${fingerprint}:${path}`;
