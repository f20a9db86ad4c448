import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const repoRoot = resolve(import.meta.dirname, '../..');

/** When a file in these folders was last changed, in milliseconds. */
export const newestSourceMs = (folders: readonly string[]): number =>
  folders
    .flatMap((folder) => readdirSync(join(repoRoot, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .reduce((newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
