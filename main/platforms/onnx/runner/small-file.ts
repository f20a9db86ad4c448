import { readFileSync, statSync } from 'node:fs';

const maxBytes = 8 * 1024 * 1024;

/** The text of a small file beside a model; undefined when it is not there, not a file, too large or not ours to read. */
export function readSmallFile(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= maxBytes ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined; // what is said about a file that is not there is the caller's matter
  }
}
