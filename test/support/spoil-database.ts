import { rm, writeFile } from 'node:fs/promises';

/**
 * Puts garbage in place of a SQLite file that was closed, if there was one. Another file, and no write-ahead log: libsql holds the old one
 * until its statements are collected, and then completes it.
 */
export async function spoilDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
  await writeFile(path, 'not a database, and long enough to be read as one'.repeat(50));
}
