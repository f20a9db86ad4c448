import { readFileSync, statSync } from 'node:fs';
import { isLfsPointer } from '../../../runner/lfs-pointer';

const maxBytes = 8 * 1024 * 1024;

/**
 * The text of a small file beside a model; undefined when it is not there, not a file, too large, not ours to read or a Git LFS pointer
 * (of which `pointersBeside` warns).
 */
export function readSmallFile(path: string): string | undefined {
  try {
    const stats = statSync(path);
    const text = stats.isFile() && stats.size <= maxBytes ? readFileSync(path, 'utf8') : undefined;
    return text === undefined || isLfsPointer(text) ? undefined : text;
  } catch {
    return undefined; // what is said about a file that is not there is the caller's matter
  }
}
