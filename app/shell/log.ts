import { appendFileSync, mkdirSync } from 'node:fs';
import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { redactHome } from './redact';

const largestBytes = 1_000_000;
const keptFiles = 3;

export interface Log {
  write(area: string, what: unknown): void;
  /** For the moment before a crash: on disk when it returns. */
  writeNow(area: string, what: unknown): void;
  /** Resolves once everything written so far is on disk. */
  flush(): Promise<void>;
}

/** Appends to `main.log` in `folder`; at 1 MB it becomes `main.1.log`, and so on up to three. Home paths are written as `~`. */
export function createLog(folder: string, echo: (line: string) => void = () => {}): Log {
  const file = join(folder, 'main.log');
  let tail: Promise<void> = mkdir(folder, { recursive: true }).then(() => rotate(folder));
  let waiting = '';

  const drain = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    if (text !== '') await appendFile(file, text);
  };
  const format = (area: string, what: unknown): string => {
    const line = redactHome(
      `${new Date().toISOString()} ${area}: ${typeof what === 'string' ? what : inspect(what)}\n`,
    );
    echo(line);
    return line;
  };
  return {
    write(area, what) {
      waiting += format(area, what);
      tail = tail.then(drain).catch(() => {
        // a log that cannot be written has nowhere to say so
      });
    },
    writeNow(area, what) {
      const text = waiting + format(area, what);
      waiting = '';
      try {
        mkdirSync(folder, { recursive: true });
        appendFileSync(file, text);
      } catch {
        // the same
      }
    },
    flush: () => tail,
  };
}

async function rotate(folder: string): Promise<void> {
  const name = (index: number): string => join(folder, index === 0 ? 'main.log' : `main.${index}.log`);
  const size = await stat(name(0)).then(
    (found) => found.size,
    () => 0,
  );
  if (size < largestBytes) return;
  await rm(name(keptFiles), { force: true });
  for (let index = keptFiles - 1; index >= 0; index--) {
    await rename(name(index), name(index + 1)).catch(() => {
      // there are not that many yet
    });
  }
}
