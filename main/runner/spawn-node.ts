import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { Emitter } from '../../app/base/emitter';
import { FrameChannel } from './channel/frame-channel';
import { type Freezer, freezerOf } from './freezer';
import { channelVariable } from './port';
import { outOfMemoryKills } from './process-memory';
import type { Batch, FromRunner, ToRunner } from './protocol';
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

/**
 * glibc's malloc keeps what threads have given back in up to eight arenas for each core, 22 MB of a runner that decodes and runs pictures;
 * with four it does as many pictures. Other allocators do not look at it.
 */
const allocator = { MALLOC_ARENA_MAX: '4' };

/** The environment of a runner, cut down from `environment`. */
export function runnerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = { ...allocator };
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
      spawn(process.execPath, [entryPath, name], {
        env: { ...runnerEnvironment(process.env), [channelVariable]: String(channelFile) },
        stdio: ['ignore', 'ignore', 'inherit', 'overlapped'],
      }),
    );
}

/** The place of the channel among the open files of a runner. */
const channelFile = 3;

/** Runners are asked for a sign of life more often than this, so the count is never much older. */
const recountMs = 1_500;

class NodeRunnerProcess implements RunnerProcess {
  readonly #child: ChildProcess;
  readonly #channel: FrameChannel<ToRunner, FromRunner>;
  readonly #message = new Emitter<Batch<FromRunner>>();
  readonly #exit = new Emitter<RunnerExit>();
  /** The kernel counts; when it has counted one more by the time that a runner is killed, that was it. */
  #killsBefore = outOfMemoryKills();
  #countedAtMs = Date.now();
  #isKilledByUs = false;
  #hasExited = false;
  readonly onMessage = this.#message.event;
  readonly onExit = this.#exit.event;

  constructor(child: ChildProcess) {
    this.#child = child;
    const channel = child.stdio[channelFile] as Socket;
    this.#channel = new FrameChannel(channel, (batch) => this.#message.fire(batch));
    child.on('exit', (code, signal) => {
      const isOutOfMemory = signal === 'SIGKILL' && !this.#isKilledByUs && this.#hasKernelKilled();
      this.#finish({ code, signal, ...(isOutOfMemory ? { isOutOfMemory } : {}) });
    });
    // Fires instead of `exit` when the process could not be started at all.
    child.on('error', () => {
      if (child.pid === undefined) this.#finish({ code: null, signal: null });
    });
  }

  get pid(): number | undefined {
    return this.#hasExited ? undefined : this.#child.pid;
  }

  send(batch: Batch<ToRunner>): void {
    if (Date.now() - this.#countedAtMs > recountMs) {
      this.#countedAtMs = Date.now();
      this.#killsBefore = outOfMemoryKills(); // so that what the kernel did to others is not taken for this one's end
    }
    this.#channel.send(batch);
  }

  kill(): void {
    if (this.#hasExited) return;
    this.#isKilledByUs = true;
    this.#child.kill('SIGKILL');
  }

  freezer(): Freezer | undefined {
    return this.pid === undefined ? undefined : freezerOf(this.pid);
  }

  #hasKernelKilled(): boolean {
    const kills = outOfMemoryKills();
    return kills !== undefined && this.#killsBefore !== undefined && kills > this.#killsBefore;
  }

  #finish(exit: RunnerExit): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    this.#exit.fire(exit);
  }
}
