import { rename } from 'node:fs/promises';

/**
 * Keeps an SQLite file that makes no sense for a look, with what belongs to it, so that a new one can begin in its place. Answers where it
 * is now. A file that cannot be moved stays.
 */
export async function setAside(path: string, nowMs: number): Promise<string> {
  const aside = `${path}.broken-${nowMs}`;
  for (const suffix of ['', '-wal', '-shm'])
    await rename(path + suffix, aside + suffix).catch(() => undefined);
  return aside;
}
