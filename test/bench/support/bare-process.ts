import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A plain process that has loaded a model and answered once; `readyMs` from its start. */
export interface BareProcess {
  readonly child: ChildProcess;
  readonly readyMs: number;
}

export async function startBareProcess(modelFile: string, picture: string): Promise<BareProcess> {
  const startedAt = performance.now();
  const child = fork(join(import.meta.dirname, 'bare-run.mjs'), [modelFile, picture]);
  await once(child, 'message');
  return { child, readyMs: performance.now() - startedAt };
}

/** Keeps it classifying without a pause until it is ended. */
export const keepBusy = ({ child }: BareProcess): void => void child.send('go on');

export async function endBareProcess({ child }: BareProcess): Promise<void> {
  const hasEnded = once(child, 'exit');
  child.kill();
  await hasEnded;
}
