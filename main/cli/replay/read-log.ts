import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type LoggedRequest, loggedRequestSchema } from '../../endpoints/request-file';
import { UsageError } from '../usage-error';

/** A line of a request log: a request, or null for a line that holds none. */
export type LogEntry = LoggedRequest | null;

/**
 * Reads a request log line by line, so that its size does not matter; what is added meanwhile, such as by the server that is asked, is
 * left out. Throws `UsageError` when there is no such file.
 */
export async function* readLog(path: string): AsyncGenerator<LogEntry> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new UsageError(`There is no file ${path}`);
  if (found.size === 0) return;
  const input = createReadStream(path, { end: found.size - 1 });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line !== '') yield parse(line);
}

function parse(line: string): LogEntry {
  try {
    return loggedRequestSchema.parse(JSON.parse(line));
  } catch {
    return null; // such as the last line of a server that was killed
  }
}
