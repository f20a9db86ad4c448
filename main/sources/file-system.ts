import { lstat, readdir, realpath, stat } from 'node:fs/promises';

export type FileKind = 'file' | 'folder' | 'link' | 'other';

export interface FileEntry {
  readonly name: string;
  readonly kind: FileKind;
}

export interface FileFacts {
  /** Never `link`: links are followed. */
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** When content or metadata last changed. Unlike `modifiedMs`, copying tools cannot set it. */
  readonly changedMs: number;
}

/** What the sources ask of a file system. Failures carry Node's `code`: ENOENT, ENOTDIR, EACCES, … */
export interface FileSystem {
  /** Direct children, in no order. */
  list(path: string): Promise<readonly FileEntry[]>;
  /** Follows links. */
  facts(path: string): Promise<FileFacts>;
  /** What the path itself is, without following it. */
  kind(path: string): Promise<FileKind>;
  /** The path with every link resolved. */
  realPath(path: string): Promise<string>;
}

interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: Kinds): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

export const nodeFileSystem: FileSystem = {
  list: async (path) =>
    (await readdir(path, { withFileTypes: true })).map((entry) => ({
      name: entry.name,
      kind: kindOf(entry),
    })),
  facts: async (path) => {
    const stats = await stat(path);
    return {
      kind: kindOf(stats),
      sizeBytes: stats.size,
      modifiedMs: stats.mtimeMs,
      changedMs: stats.ctimeMs,
    };
  },
  kind: async (path) => kindOf(await lstat(path)),
  realPath: (path) => realpath(path),
};

/** The `code` of a failure of the file system; empty for anything else. */
export function errorCodeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** Is the thing simply not there, as opposed to there and not readable? */
export const isAbsent = (thrown: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCodeOf(thrown));
