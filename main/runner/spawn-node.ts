import { type ChildProcess, fork } from 'node:child_process';
import { Emitter } from '../../app/base/emitter';
import type { RunnerExit, RunnerProcess, SpawnRunner } from './runner-process';

/** The only variables a runner gets: what the system's loader, temporary files and text need. No secrets, no NODE_OPTIONS. */
const keptVariables = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'LD_LIBRARY_PATH',
  'SystemRoot',
  'windir',
  'USERPROFILE',
] as const;

/** The environment of a runner, cut down from `environment`. */
export function runnerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of keptVariables) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Starts runners as child processes of Node; `entryPath` is the built `main/runner/entry.ts`. */
export function createNodeSpawn(entryPath: string): SpawnRunner {
  return ({ name }) =>
    new NodeRunnerProcess(
      fork(entryPath, [name], {
        serialization: 'advanced',
        env: runnerEnvironment(process.env),
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
}

class NodeRunnerProcess implements RunnerProcess {
  readonly #child: ChildProcess;
  readonly #message = new Emitter<unknown>();
  readonly #exit = new Emitter<RunnerExit>();
  #hasExited = false;
  readonly onMessage = this.#message.event;
  readonly onExit = this.#exit.event;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message) => this.#message.fire(message));
    child.on('exit', (code, signal) => this.#finish({ code, signal }));
    // Fires instead of `exit` when the process could not be started at all.
    child.on('error', () => {
      if (child.pid === undefined) this.#finish({ code: null, signal: null });
    });
  }

  get pid(): number | undefined {
    return this.#hasExited ? undefined : this.#child.pid;
  }

  send(message: unknown): void {
    // A process that is just ending refuses messages; its exit event tells the rest.
    if (this.#child.connected) this.#child.send(message as object, () => undefined);
  }

  kill(): void {
    if (!this.#hasExited) this.#child.kill('SIGKILL');
  }

  #finish(exit: RunnerExit): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    this.#exit.fire(exit);
  }
}
