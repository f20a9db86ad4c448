import pLimit from 'p-limit';
import { Emitter, type Event } from '../../app/base/emitter';
import { hashVersion } from '../sources/content-hash';
import type { ScannedVersion } from '../sources/model-folder';

interface Loaded {
  /** Names, sizes and times of the files that were loaded, or of equal ones seen since. */
  fingerprint: string;
  /** SHA-256 of their content; null while it is not known. */
  hash: string | null;
  isChanged: boolean;
}

/**
 * Remembers the content of what is loaded, so that files which change in place are noticed. Times alone raise no alarm: the
 * content is hashed, one version after the other, chunk by chunk.
 */
export class LoadedContents {
  readonly #loaded = new Map<string, Loaded>();
  readonly #oneByOne = pLimit(1);
  readonly #changed = new Emitter<{ readonly name: string; readonly version: number }>();
  readonly #closed = new AbortController();

  /** Whether a version's files differ from what is loaded is known anew. */
  readonly onDidChange: Event<{ readonly name: string; readonly version: number }> = this.#changed.event;

  /** To be called when the version begins to load. */
  note(name: string, scanned: ScannedVersion): void {
    const loaded: Loaded = { fingerprint: scanned.fingerprint, hash: null, isChanged: false };
    this.#loaded.set(key(name, scanned.version), loaded);
  }

  /** To be called when the version is available: what it was loaded from is hashed. */
  async record(name: string, { version, path, fingerprint }: ScannedVersion): Promise<void> {
    const loaded = this.#loaded.get(key(name, version));
    if (loaded?.fingerprint !== fingerprint) return; // it changed while it was loaded, which `compare` will say
    loaded.hash = await this.#hash(path);
  }

  forget(name: string, version: number): void {
    this.#loaded.delete(key(name, version));
  }

  isChanged(name: string, version: number): boolean {
    return this.#loaded.get(key(name, version))?.isChanged ?? false;
  }

  /** The SHA-256 of what is loaded; null when it is not known (yet). */
  hashOf(name: string, version: number): string | null {
    return this.#loaded.get(key(name, version))?.hash ?? null;
  }

  /** To be called when the files of a version are seen, stable, after it was loaded. */
  async compare(name: string, scanned: ScannedVersion): Promise<void> {
    const { version, path, fingerprint } = scanned;
    const loaded = this.#loaded.get(key(name, version));
    if (!loaded || !scanned.isStable || !scanned.isOnDisk || loaded.fingerprint === fingerprint) return;
    const hash = loaded.hash === null ? null : await this.#hash(path);
    if (this.#loaded.get(key(name, version)) !== loaded) return;
    const isChanged = hash === null || hash !== loaded.hash;
    if (!isChanged) loaded.fingerprint = fingerprint;
    if (isChanged === loaded.isChanged) return;
    loaded.isChanged = isChanged;
    this.#changed.fire({ name, version });
  }

  close(): void {
    this.#closed.abort();
    this.#changed.dispose();
  }

  /** Null when the files cannot be read to the end: the source says why. */
  #hash(path: string): Promise<string | null> {
    return this.#oneByOne(() => hashVersion(path, this.#closed.signal).catch(() => null));
  }
}

const key = (name: string, version: number): string => `${name}:${version}`;
