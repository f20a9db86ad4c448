import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

const { PRIORITY_BELOW_NORMAL } = constants.priority;

/** Gives the process, with all threads that it has and will have, this priority, as far as the system allows it. */
export function setProcessPriority(priority: number): void {
  for (const thread of threads()) {
    try {
      setPriority(thread, priority);
    } catch {
      // It has ended meanwhile, or the system does not allow it: the process is merely less polite.
    }
  }
}

/** How a process makes room for others. */
export interface Manners {
  /** Others go first until what it returns is called. */
  giveWayForNow(): () => void;
  /** Others go first from now on. */
  giveWay(): void;
}

/**
 * By the system's priorities: not so far back that nothing would ever end on a busy machine, and for now only where the system would give
 * the priority back, as Linux does not to most users.
 */
export const processManners: Manners = {
  giveWayForNow: () => {
    const before = getPriority();
    if (!mayRaise(before)) return () => undefined;
    setProcessPriority(Math.max(before, PRIORITY_BELOW_NORMAL));
    return () => setProcessPriority(before);
  },
  giveWay: () => setProcessPriority(Math.max(getPriority(), PRIORITY_BELOW_NORMAL)),
};

/** Tries it: there is nothing to ask. */
function mayRaise(priority: number): boolean {
  try {
    setPriority(priority - 1);
    setPriority(priority);
    return true;
  } catch {
    return false;
  }
}

/** Linux knows a priority for each thread, other systems one for the process. New threads inherit that of the one that starts them. */
const threads = (): readonly number[] =>
  process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
