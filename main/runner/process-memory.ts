import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Resident memory of another process; undefined where the system does not tell, or the process has gone. Linux only. */
export async function residentBytesOf(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined; // gone in between
  }
}

/** How many processes the kernel has ended for want of memory since it started; undefined where it does not tell. */
export function outOfMemoryKills(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'))?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined; // a sandbox without it
  }
}
