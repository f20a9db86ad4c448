import { spawn } from 'node:child_process';
import type { Disposable } from '../../app/base/lifecycle';

/** Stops a process of the system, with all its threads wherever they are, and lets it go on. Dispose lets it go on for good. */
export interface Freezer extends Disposable {
  freeze(): void;
  thaw(): void;
}

/** Ends with this process, however it ends, since its input ends then; waits with what every shell has built in. */
const guardScript = 'read -r _; kill -CONT "$0"';

/**
 * By the system's signals. A stopped process cannot see that this one has been killed, and would keep its memory for good: a shell of a
 * megabyte waits for that and lets it go on. Undefined where there are no such signals.
 */
export function freezerOf(pid: number): Freezer | undefined {
  if (process.platform === 'win32') return undefined;
  const guard = spawn('/bin/sh', ['-c', guardScript, String(pid)], {
    detached: true, // what ends this process by its group or its terminal leaves it
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let isGuarded = guard.pid !== undefined;
  const leave = (): void => {
    isGuarded = false;
    signal(pid, 'SIGCONT');
  };
  guard.on('error', leave);
  guard.on('exit', leave);
  guard.stdin.on('error', () => undefined); // tells nothing that its end does not
  guard.unref();
  return {
    freeze: () => {
      if (isGuarded) signal(pid, 'SIGSTOP');
    },
    thaw: () => {
      if (isGuarded) signal(pid, 'SIGCONT');
    },
    dispose: () => {
      if (!isGuarded) return;
      leave();
      guard.kill('SIGKILL');
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has gone
  }
}
