import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { constants, getPriority, setPriority } from 'node:os';

const { PRIORITY_BELOW_NORMAL } = constants.priority;
const threadFolder = '/proc/self/task';
/** Linux knows a priority for each thread, other systems one for the process; not every Linux shows them. */
const seesThreads = existsSync(threadFolder);

/** Gives the process, with all threads that it has and will have, this priority, as far as the system allows it. */
export function setProcessPriority(priority: number): void {
  for (const thread of threads()) setThreadPriority(thread, priority);
}

function setThreadPriority(thread: number, priority: number): void {
  try {
    setPriority(thread, priority);
  } catch {
    // It has ended meanwhile, or the system does not allow it: the process is merely less polite.
  }
}

/** How a process makes room for others. */
export interface Manners {
  /** Others go first until what it returns is called. */
  giveWayForNow(): () => void;
  /** Others go first from now on. */
  giveWay(): void;
  /** The threads that decode let the one that runs the model go first, from now on. */
  decodeBehind(): void;
}

/**
 * By the system's priorities: not so far back that nothing would ever end on a busy machine, and for now only where the system would give
 * the priority back, as Linux does not to most users.
 */
export class ProcessManners implements Manners {
  /** Those that decode, and V8's; not the runtime's, which help with a run. */
  #helpers: readonly number[] = [];

  /** To be made when the code is loaded and no model is. */
  constructor() {
    void helpers().then((threads) => {
      this.#helpers = threads;
    });
  }

  giveWayForNow(): () => void {
    const before = getPriority();
    if (!mayRaise(before)) return () => undefined;
    setProcessPriority(Math.max(before, PRIORITY_BELOW_NORMAL));
    return () => setProcessPriority(before);
  }

  giveWay(): void {
    setProcessPriority(Math.max(getPriority(), PRIORITY_BELOW_NORMAL));
  }

  /** docs/decisions/0014-decoding-behind-running.md */
  decodeBehind(): void {
    const behind = Math.max(getPriority(), PRIORITY_BELOW_NORMAL);
    const ofLibvips = threads().filter((thread) => nameOf(thread)?.startsWith('libvips')); // it starts them as it needs them
    for (const thread of [...this.#helpers, ...ofLibvips]) setThreadPriority(thread, behind);
  }
}

/**
 * Where the system has priorities for threads: libuv's pool, which decodes, and V8's. They have the name of the one that started them, or
 * one that newer versions of libuv give; Chromium's have names of their own and carry the messages.
 */
async function helpers(): Promise<readonly number[]> {
  if (!seesThreads) return [];
  const names: readonly (string | undefined)[] = [nameOf(process.pid), 'libuv-worker']; // before the process is named after its model
  await access(threadFolder); // starts the pool, if nothing has yet
  return threads().filter((thread) => thread !== process.pid && names.includes(nameOf(thread)));
}

/** Undefined when it has ended, or the system knows no names. */
function nameOf(thread: number): string | undefined {
  try {
    return readFileSync(`${threadFolder}/${thread}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

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

/** New ones inherit the priority of the one that starts them. */
const threads = (): readonly number[] =>
  seesThreads ? readdirSync(threadFolder).map(Number) : [process.pid];
