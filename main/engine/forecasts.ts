import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../../app/base/clock';
import type { VersionFolder } from '../sources/version-folders';
import { StateFile } from './state-file';

const documentSchema = z.object({
  version: z.literal(1),
  measured: z.array(z.tuple([z.string(), z.number().positive()])),
});

/** What earlier loads of the same files took, so that the next reservation is right from the start. Kept in `forecasts.json`. */
export class Forecasts {
  readonly #file: StateFile | null;
  readonly #measured = new LRUCache<string, number>({ max: 10_000 });

  private constructor(file: StateFile | null, kept: readonly (readonly [string, number])[]) {
    this.#file = file;
    for (const [key, bytes] of kept) this.#measured.set(key, bytes);
  }

  /** `onBroken` hears the name of a file that made no sense and was set aside. */
  static async open(
    stateFolder: string | null,
    clock: Clock,
    onBroken: (file: string) => void,
  ): Promise<Forecasts> {
    if (stateFolder === null) return new Forecasts(null, []);
    const file = new StateFile(join(stateFolder, 'forecasts.json'));
    const { value, wasBroken } = await file.read(
      (text) => documentSchema.parse(JSON.parse(text)).measured,
      [],
      clock.now(),
    );
    if (wasBroken) onBroken(file.name);
    return new Forecasts(file, value);
  }

  /** The largest measurement counts: a reservation is an upper bound. */
  note(folder: VersionFolder, residentBytes: number): void {
    const key = keyOf(folder);
    const before = this.#measured.get(key);
    this.#measured.set(key, Math.max(residentBytes, before ?? 0));
    if (before === undefined) void this.save(); // growth is kept at the end of the run
  }

  of(folder: VersionFolder): number | undefined {
    return this.#measured.get(keyOf(folder));
  }

  /** Settles when they are on disk, or cannot be: without them the size of the files is what counts. */
  async save(): Promise<void> {
    await this.#file
      ?.write(() => {
        const measured = [...this.#measured.entries()].reverse(); // least recently used first, as it is read
        return `${JSON.stringify({ version: 1, measured })}\n`;
      })
      .catch(() => undefined);
  }
}

const keyOf = ({ path, fingerprint }: VersionFolder): string => `${fingerprint}:${path}`;
