import { dirname, join } from 'node:path/posix';
import type { Clock } from '../../app/base/clock';
import type { FileEntry, FileFacts, FileKind, FileSystem } from '../../main/sources/file-system';

interface MemoryFile {
  readonly kind: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  readonly atMs: number;
}

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

/** A file system in memory, with POSIX paths and times of the given clock. Writing a file makes its folders. */
export class MemoryFileSystem implements FileSystem {
  readonly #clock: Clock;
  readonly #nodes = new Map<string, MemoryFile>();
  readonly #links = new Map<string, string>();
  readonly #failures = new Map<string, string>();
  readonly #hung = new Map<string, Promise<void>>();
  readonly #extraNames = new Map<string, readonly string[]>();
  /** How often anything was listed. */
  lists = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  folder(path: string): void {
    if (path === '/' || this.#nodes.get(path)?.kind === 'folder') return;
    this.folder(dirname(path));
    this.#nodes.set(path, { kind: 'folder', sizeBytes: 0, atMs: this.#clock.now() });
  }

  write(path: string, sizeBytes = 10): void {
    this.folder(dirname(path));
    this.#nodes.set(path, { kind: 'file', sizeBytes, atMs: this.#clock.now() });
  }

  /** A device, a socket, a pipe. */
  special(path: string): void {
    this.folder(dirname(path));
    this.#nodes.set(path, { kind: 'other', sizeBytes: 0, atMs: this.#clock.now() });
  }

  link(path: string, target: string): void {
    this.folder(dirname(path));
    this.#links.set(path, target);
  }

  remove(path: string): void {
    for (const other of [...this.#nodes.keys(), ...this.#links.keys()]) {
      if (other !== path && !other.startsWith(`${path}/`)) continue;
      this.#nodes.delete(other);
      this.#links.delete(other);
    }
  }

  rename(from: string, to: string): void {
    for (const [path, node] of [...this.#nodes])
      if (path === from || path.startsWith(`${from}/`)) {
        this.#nodes.delete(path);
        this.#nodes.set(to + path.slice(from.length), node);
      }
  }

  /** Everything asked about `path` fails with this code until `heal`. */
  fail(path: string, code: string): void {
    this.#failures.set(path, code);
  }

  heal(path: string): void {
    this.#failures.delete(path);
  }

  /** Everything asked about `path` waits until the function that is returned is called. */
  hang(path: string): () => void {
    let release = (): void => {};
    this.#hung.set(path, new Promise((resolve) => (release = resolve)));
    return () => {
      this.#hung.delete(path);
      release();
    };
  }

  /** Lets the listing of `path` name these too, as object stores name descendants. */
  listAlso(path: string, names: readonly string[]): void {
    this.#extraNames.set(path, names);
  }

  async list(path: string): Promise<readonly FileEntry[]> {
    this.lists += 1;
    const real = await this.#resolve(path);
    if (this.#nodes.get(real)?.kind !== 'folder') throw failure('ENOTDIR', path);
    const children = [...this.#nodes.keys(), ...this.#links.keys()].filter(
      (other) => dirname(other) === real,
    );
    const entries = children.map((child) => ({
      name: child.slice(real === '/' ? 1 : real.length + 1),
      kind: this.#kindOf(child),
    }));
    const extra = (this.#extraNames.get(path) ?? []).map((name) => ({ name, kind: 'folder' as const }));
    return [...entries, ...extra];
  }

  async facts(path: string): Promise<FileFacts> {
    const node = this.#nodes.get(await this.#resolve(path));
    if (!node) throw failure('ENOENT', path);
    return { kind: node.kind, sizeBytes: node.sizeBytes, modifiedMs: node.atMs, changedMs: node.atMs };
  }

  async kind(path: string): Promise<FileKind> {
    if (this.#links.has(path)) return 'link';
    await this.#resolve(path);
    return this.#kindOf(path);
  }

  async realPath(path: string): Promise<string> {
    return this.#resolve(path);
  }

  #kindOf(path: string): FileKind {
    return this.#links.has(path) ? 'link' : (this.#nodes.get(path)?.kind ?? 'other');
  }

  async #resolve(path: string): Promise<string> {
    await this.#hung.get(path);
    const code = this.#failures.get(path);
    if (code) throw failure(code, path);
    for (const [link, target] of this.#links)
      if (path === link || path.startsWith(`${link}/`))
        return this.#resolve(join(target, path.slice(link.length)));
    if (!this.#nodes.has(path)) throw failure('ENOENT', path);
    return path;
  }
}
