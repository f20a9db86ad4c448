import { execFileSync } from 'node:child_process';

/** All processes that `pid` started, however deep. Empty on Windows, where nothing of the kind is at hand. */
export function descendantsOf(pid: number): number[] {
  if (process.platform === 'win32') return [];
  const childrenOf = new Map<number, number[]>();
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    if (child && parent) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), child]);
  }
  const collect = (of: number): number[] =>
    (childrenOf.get(of) ?? []).flatMap((child) => [child, ...collect(child)]);
  return collect(pid);
}

/** A process that ended but was not waited for counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform === 'win32') return true;
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z');
  } catch {
    return false; // gone in between
  }
}
