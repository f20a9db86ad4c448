import { dirname } from 'node:path';
import pLimit from 'p-limit';
import { Emitter, type Event } from '../../app/base/emitter';
import { hashVersion } from '../sources/content-hash';
import { nodeFileSystem } from '../sources/file-system';
import { listVersion } from '../sources/folder-listing';
import type { ModelScan, ScannedVersion } from '../sources/model-scan';

interface Content {
  /** Names, sizes and times of the files. */
  readonly fingerprint: string;
  readonly hash: string;
}

/** What a version was loaded from. */
export interface RecordedContent {
  readonly name: string;
  readonly version: number;
  /** SHA-256 of it, hexadecimal, as `hashVersion` computes it. */
  readonly hash: string;
  /** Is it other content than was known, and has nobody asked for it? */
  readonly isOther: boolean;
  /** Has a person just accepted it? */
  readonly isAccepted: boolean;
}

interface Loaded {
  /** The fingerprint just when loading began; null when the files could not be listed. */
  readonly before: Promise<string | null>;
  /** What was loaded; null when the files changed meanwhile. Undefined until it is loaded. */
  content: Promise<Content | null> | undefined;
  /** As seen last by the source. */
  seen: ScannedVersion;
  isChanged: boolean;
  /** The hash of `content` once it is known. */
  hash: string | null;
  isOther: boolean;
}

/**
 * Remembers the content of what is loaded, so that files which change in place are noticed: while the version is loaded, and when it
 * is loaded again from other content than was known, be it after a crash or in a later run. Times alone raise no alarm: the content is
 * hashed, one version after the other, chunk by chunk.
 */
export class LoadedContents {
  readonly #knownHash: (name: string, version: number) => string | null;
  /** Versions of which a person asked for what is there now, whatever it is. */
  readonly #expected = new Set<string>();
  readonly #loaded = new Map<string, Loaded>();
  readonly #oneByOne = pLimit(1);
  readonly #changed = new Emitter<{ readonly name: string; readonly version: number }>();
  readonly #recorded = new Emitter<RecordedContent>();
  readonly #closed = new AbortController();

  /** Whether a version's files differ from what is loaded is known anew. */
  readonly onDidChange: Event<{ readonly name: string; readonly version: number }> = this.#changed.event;

  /** What a version was loaded from is hashed. */
  readonly onDidRecord: Event<RecordedContent> = this.#recorded.event;

  /** `knownHash`: the content by which a version is known from earlier. */
  constructor(knownHash: (name: string, version: number) => string | null) {
    this.#knownHash = knownHash;
  }

  /** To be called when the version begins to load. */
  note(name: string, scanned: ScannedVersion): void {
    this.#loaded.set(key(name, scanned.version), {
      before: fingerprintNow(scanned.path),
      content: undefined,
      seen: scanned,
      isChanged: false,
      hash: null,
      isOther: false,
    });
  }

  /** To be called when the version is available. Settles when what it was loaded from is hashed. */
  async record(name: string, version: number): Promise<void> {
    const loaded = this.#loaded.get(key(name, version));
    if (!loaded) return;
    loaded.content = this.#contentOf(loaded);
    const content = await loaded.content;
    const isCurrent = this.#loaded.get(key(name, version)) === loaded;
    if (content && isCurrent) this.#note(name, version, loaded, content.hash);
    await this.#compare(name, loaded);
  }

  /** A person asks for what is there now: the content of the next load is the one to know the version by. */
  expect(name: string, version: number): void {
    this.#expected.add(key(name, version));
  }

  /** A person takes what is loaded for good: the version is known by it from now on. */
  accept(name: string, version: number): void {
    const loaded = this.#loaded.get(key(name, version));
    if (!loaded?.isOther || loaded.hash === null) return;
    loaded.isOther = false;
    this.#recorded.fire({ name, version, hash: loaded.hash, isOther: false, isAccepted: true });
  }

  /** To be called when the files of a model are seen. */
  noteScan({ name, versions }: ModelScan): void {
    if (this.#loaded.size === 0) return;
    for (const scanned of versions) {
      const loaded = this.#loaded.get(key(name, scanned.version));
      if (!loaded || !scanned.isStable || !scanned.isOnDisk) continue;
      loaded.seen = scanned;
      void this.#compare(name, loaded);
    }
  }

  forget(name: string, version: number): void {
    this.#loaded.delete(key(name, version));
  }

  isChanged(name: string, version: number): boolean {
    return this.#loaded.get(key(name, version))?.isChanged ?? false;
  }

  isOther(name: string, version: number): boolean {
    return this.#loaded.get(key(name, version))?.isOther ?? false;
  }

  /** The hash of what is loaded; null when it is not known yet, or is other content than was known. */
  knownGood(name: string, version: number): string | null {
    const loaded = this.#loaded.get(key(name, version));
    return loaded && !loaded.isOther ? loaded.hash : null;
  }

  close(): void {
    this.#closed.abort();
    this.#changed.dispose();
    this.#recorded.dispose();
  }

  #note(name: string, version: number, loaded: Loaded, hash: string): void {
    const isExpected = this.#expected.delete(key(name, version));
    const known = this.#knownHash(name, version);
    loaded.hash = hash;
    loaded.isOther = !isExpected && known !== null && known !== hash;
    this.#recorded.fire({ name, version, hash, isOther: loaded.isOther, isAccepted: false });
  }

  async #contentOf({ before, seen }: Loaded): Promise<Content | null> {
    const fingerprint = await before;
    const hash = await this.#hash(seen.path);
    const isSame = fingerprint !== null && fingerprint === (await fingerprintNow(seen.path));
    return isSame && hash !== null ? { fingerprint, hash } : null;
  }

  async #compare(name: string, loaded: Loaded): Promise<void> {
    const content = await loaded.content;
    if (content === undefined) return; // still loading
    const { seen } = loaded;
    const isChanged = await this.#differs(loaded, content, seen);
    const isCurrent = this.#loaded.get(key(name, seen.version)) === loaded && loaded.seen === seen;
    if (!isCurrent || isChanged === loaded.isChanged) return;
    loaded.isChanged = isChanged;
    this.#changed.fire({ name, version: seen.version });
  }

  async #differs(loaded: Loaded, content: Content | null, seen: ScannedVersion): Promise<boolean> {
    if (content === null) return seen.fingerprint !== (await loaded.before);
    if (seen.fingerprint === content.fingerprint) return false;
    if ((await this.#hash(seen.path)) !== content.hash) return true;
    loaded.content = Promise.resolve({ fingerprint: seen.fingerprint, hash: content.hash });
    return false;
  }

  /** Null when the files cannot be read to the end: the source says why. */
  #hash(path: string): Promise<string | null> {
    return this.#oneByOne(() => hashVersion(path, this.#closed.signal).catch(() => null));
  }
}

async function fingerprintNow(path: string): Promise<string | null> {
  try {
    return (
      (await listVersion(nodeFileSystem, path, await nodeFileSystem.realPath(dirname(path)), ''))
        ?.fingerprint ?? null
    );
  } catch {
    return null; // no folder to list: the load says why
  }
}

const key = (name: string, version: number): string => `${name}:${version}`;
