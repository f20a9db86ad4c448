import { readFileSync } from 'node:fs';
import { descendantsOf } from '../../support/processes';

// What this process and all that it started take together. Linux only: elsewhere nothing is told.

const tickMs = 10;

/** Fields of `/proc/PID/stat` behind the name, which may hold spaces. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return []; // gone in between
  }
}

const tree = (): readonly number[] => [process.pid, ...descendantsOf(process.pid)];

/** Processor time in milliseconds; undefined where the system does not tell. */
export function treeCpuMs(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return tree().reduce((sum, pid) => {
    const stat = statOf(pid);
    return sum + (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * tickMs;
  }, 0);
}

/** Resident memory in bytes; undefined where the system does not tell. */
export function treeResidentBytes(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return tree().reduce((sum, pid) => sum + residentBytes(pid), 0);
}

/** Of one process; 0 when it has gone. */
export function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
  } catch {
    return 0; // gone in between
  }
}
