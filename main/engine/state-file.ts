import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';

export interface ReadState<T> {
  readonly value: T;
  /** The file was there but made no sense; it was kept under another name. */
  readonly wasBroken: boolean;
}

/** A small file that holds what a person set: read once, then written whole, so that no crash leaves half of it. */
export class StateFile {
  readonly #path: string;
  #next: (() => string) | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get name(): string {
    return basename(this.#path);
  }

  /** What `parse` makes of the text; `fallback` when there is no file, or when `parse` throws (the file is then set aside). */
  async read<T>(parse: (text: string) => T | Promise<T>, fallback: T, nowMs: number): Promise<ReadState<T>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return { value: fallback, wasBroken: false };
      throw error; // there, but unreadable: to go on with nothing would overwrite it
    }
    try {
      return { value: await parse(text), wasBroken: false };
    } catch {
      await rename(this.#path, `${this.#path}.${nowMs}.broken`); // its content is lost to us, not to the person
      return { value: fallback, wasBroken: true };
    }
  }

  /**
   * Writes what `text` gives at that time, beside the old file, and swaps the two. Settles when that is on disk; calls that
   * come while a write is under way share the next one. Rejects when the file could not be written; the old one then stays.
   */
  write(text: () => string): Promise<void> {
    this.#next = text;
    if (this.#writing) {
      const later = (): Promise<void> =>
        this.#next ? this.write(this.#next) : (this.#writing ?? Promise.resolve());
      return this.#writing.then(later, later);
    }
    this.#writing = this.#writeOnce().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeOnce(): Promise<void> {
    const text = this.#next;
    this.#next = undefined;
    if (!text) return;
    const temporary = `${this.#path}.tmp`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(text());
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined); // the first failure is the one to tell
      throw error;
    }
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
