import { closeSync, openSync, readSync } from 'node:fs';
import { AppError } from '../../app/base/errors';

const beginning = 'version https://git-lfs.github.com/spec/';

/** Is this the small text that Git leaves in place of a file kept by Git LFS? */
export const isLfsPointer = (head: Uint8Array | string): boolean =>
  typeof head === 'string'
    ? head.startsWith(beginning)
    : beginning.length <= head.length &&
      Array.from(beginning).every((character, at) => head[at] === character.charCodeAt(0));

/** Looks at the first bytes of a file; false for one that cannot be read. */
export function isLfsPointerFile(path: string): boolean {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const head = new Uint8Array(beginning.length);
      readSync(descriptor, head, 0, head.length, 0);
      return isLfsPointer(head);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false; // what is to be said of a file that is not there is the caller's matter
  }
}

/** `file` as it is called in the version's folder. */
export const lfsPointer = (file: string): AppError =>
  new AppError('MODEL_FILE_IS_LFS_POINTER', { file }, { detail: `${file} is a Git LFS pointer` });
