import { constants } from 'node:os';
import { app, type Details, type UtilityProcess, utilityProcess } from 'electron';
import { type Freezer, freezerOf } from '../../main/runner/freezer';
import type { Batch, FromRunner, ToRunner } from '../../main/runner/protocol';
import type { RunnerExit, RunnerProcess, SpawnRunner } from '../../main/runner/runner-process';
import { runnerEnvironment } from '../../main/runner/spawn-node';
import { Emitter } from '../base/emitter';

/** How long after a process's end Electron may take to tell its cause. */
const causeLimitMs = 50;

/** Starts runners as Electron's utility processes; `entryPath` is the built `main/runner/entry.ts`. They end with this process, however it ends. */
export function createUtilitySpawn(
  entryPath: string,
  onOutput: (name: string, text: string) => void,
): SpawnRunner {
  const living = new Set<UtilityRunnerProcess>();
  app.on('child-process-gone', (_event, cause) => {
    for (const runner of living) runner.learn(cause);
  });
  return ({ name }) => {
    const child = utilityProcess.fork(entryPath, [name], {
      serviceName: name,
      env: runnerEnvironment(process.env),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => onOutput(name, chunk.toString('utf8').trimEnd()));
    const runner = new UtilityRunnerProcess(child, name);
    living.add(runner);
    runner.onExit(() => void living.delete(runner));
    return runner;
  };
}

/** The exit as its cause tells it: the code that `exit` brings is 0 for most signals. */
export function exitFrom(code: number, cause: Pick<Details, 'reason' | 'exitCode'> | undefined): RunnerExit {
  if (!cause) return { code, signal: null };
  const signal = Object.entries(constants.signals).find(([, number]) => number === cause.exitCode)?.[0];
  const memory = cause.reason === 'oom' ? { isOutOfMemory: true } : {};
  const wasSignal = cause.reason === 'killed' || cause.reason === 'crashed' || cause.reason === 'oom';
  return wasSignal && signal !== undefined && process.platform !== 'win32'
    ? { code: null, signal, ...memory }
    : { code: cause.exitCode, signal: null, ...memory };
}

class UtilityRunnerProcess implements RunnerProcess {
  readonly #child: UtilityProcess;
  readonly #name: string;
  readonly #message = new Emitter<Batch<FromRunner>>();
  readonly #exit = new Emitter<RunnerExit>();
  #pid: number | undefined;
  #state: 'running' | 'ending' | 'gone' = 'running';
  #cause: Details | undefined;
  #exitCode = 0;
  #wait: NodeJS.Timeout | undefined;
  readonly onMessage = this.#message.event;
  readonly onExit = this.#exit.event;

  constructor(child: UtilityProcess, name: string) {
    this.#child = child;
    this.#name = name;
    child.on('spawn', () => {
      this.#pid = child.pid;
    });
    child.on('message', (message) => this.#message.fire(message));
    child.on('exit', (code) => {
      this.#state = 'ending';
      this.#exitCode = code;
      if (this.#cause) this.#finish();
      else this.#wait = setTimeout(() => this.#finish(), causeLimitMs);
    });
  }

  get pid(): number | undefined {
    return this.#state === 'running' ? this.#pid : undefined;
  }

  /** Hears why some process ended; Electron tells it apart from the end itself. */
  learn(cause: Details): void {
    if (cause.name !== this.#name && cause.serviceName !== this.#name) return;
    this.#cause = cause;
    if (this.#state === 'ending') this.#finish();
  }

  send(batch: Batch<ToRunner>): void {
    if (this.#state === 'running') this.#child.postMessage(batch);
  }

  kill(): void {
    if (this.#state !== 'running') return;
    this.#child.kill(); // SIGTERM, and Electron reaps it
    if (this.#pid === undefined || process.platform === 'win32') return;
    try {
      process.kill(this.#pid, 'SIGKILL'); // native code that is busy does not see the first
    } catch {
      // it has gone in between
    }
  }

  freezer(): Freezer | undefined {
    return this.pid === undefined ? undefined : freezerOf(this.pid);
  }

  #finish(): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    clearTimeout(this.#wait);
    this.#exit.fire(exitFrom(this.#exitCode, this.#cause));
  }
}
