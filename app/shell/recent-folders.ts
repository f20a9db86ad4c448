import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** So many are offered again. */
export const mostRecentFolders = 10;
const documentSchema = z.array(z.string().min(1)).max(100);

/** The folders that were added last, newest first, absolute. */
export interface RecentFolders {
  /** Puts a folder first. Settles when it is kept, or cannot be. */
  note(folder: string): Promise<void>;
  clear(): Promise<void>;
}

/** Reads `file`; a missing or damaged one counts as none. `onChange` hears what was read, and every change. */
export async function openRecentFolders(
  file: string,
  onChange: (folders: readonly string[]) => void,
): Promise<RecentFolders> {
  let folders = await read(file);
  onChange(folders);
  let writing: Promise<void> = Promise.resolve();

  const set = (next: readonly string[]): Promise<void> => {
    folders = next;
    onChange(next);
    writing = writing
      .then(() => write(file, next))
      .catch(() => {
        // a list that cannot be kept is no reason to disturb anybody
      });
    return writing;
  };
  return {
    note: (folder) =>
      set([folder, ...folders.filter((other) => other !== folder)].slice(0, mostRecentFolders)),
    clear: () => set([]),
  };
}

async function write(file: string, folders: readonly string[]): Promise<void> {
  const draft = `${file}.draft`;
  await writeFile(draft, JSON.stringify(folders));
  await rename(draft, file);
}

async function read(file: string): Promise<readonly string[]> {
  try {
    return documentSchema.parse(JSON.parse(await readFile(file, 'utf8'))).slice(0, mostRecentFolders);
  } catch {
    return []; // first start, or a file of another age
  }
}
