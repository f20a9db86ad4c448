import type { VersionFolder } from './version-folders';

/** Versions that vanished and are kept aspired, since none that is asked for answers in their place yet. */
export class KeptVersions {
  readonly #isAvailable: (version: number) => boolean;
  #folders: readonly VersionFolder[];

  constructor(folders: readonly VersionFolder[], isAvailable: (version: number) => boolean) {
    this.#folders = folders;
    this.#isAvailable = isAvailable;
  }

  get all(): readonly VersionFolder[] {
    return this.#folders;
  }

  get isEmpty(): boolean {
    return this.#folders.length === 0;
  }

  /** Keeps those of `lost` that answer; when none does and nothing better is kept, all of them. */
  keep(lost: readonly VersionFolder[]): void {
    const good = lost.filter(({ version }) => this.#isAvailable(version));
    const more = this.isEmpty && good.length === 0 ? lost : good;
    const replaced = new Set(more.map(({ version }) => version));
    this.#folders = [...this.#folders.filter(({ version }) => !replaced.has(version)), ...more];
  }

  /** It is on disk again. */
  forget(version: number): void {
    this.#folders = this.#folders.filter((folder) => folder.version !== version);
  }

  clear(): void {
    this.#folders = [];
  }
}
