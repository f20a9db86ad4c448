import { Emitter } from '../../app/base/emitter';
import type { Freezer } from '../../main/runner/freezer';
import type { Batch, FromRunner, ToRunner } from '../../main/runner/protocol';
import type { RunnerExit, RunnerProcess } from '../../main/runner/runner-process';

/** A runner process that a test plays: it records what is sent and says what it is told to say. */
export class FakeRunnerProcess implements RunnerProcess {
  readonly #message = new Emitter<Batch<FromRunner>>();
  readonly #exit = new Emitter<RunnerExit>();
  readonly onMessage = this.#message.event;
  readonly onExit = this.#exit.event;
  pid: number | undefined = 4711;
  /** Each array as it came over. */
  readonly batches: Batch<ToRunner>[] = [];
  /** Answers a message as the test wants; returns what to say, or nothing. */
  reply: (message: ToRunner) => FromRunner | undefined = answerPlainly;
  isKillable = true;
  isFrozen = false;
  /** Freezers that were not disposed. */
  freezers = 0;

  send(batch: Batch<ToRunner>): void {
    this.batches.push(batch);
    for (const message of batch) {
      const answer = this.reply(message);
      if (answer) this.say(answer);
    }
  }

  say(...messages: FromRunner[]): void {
    this.#message.fire(messages);
  }

  exit(exit: RunnerExit = { code: null, signal: 'SIGKILL' }): void {
    if (this.pid === undefined) return;
    this.pid = undefined;
    this.#exit.fire(exit);
  }

  kill(): void {
    if (this.isKillable) this.exit();
  }

  freezer(): Freezer {
    this.freezers++;
    return {
      freeze: () => {
        this.isFrozen = true;
      },
      thaw: () => {
        this.isFrozen = false;
      },
      dispose: () => {
        this.isFrozen = false;
        this.freezers--;
      },
    };
  }

  get messages(): ToRunner[] {
    return this.batches.flat();
  }
}

/** What a healthy runner answers to everything but a question of its servable. */
export function answerPlainly(message: ToRunner): FromRunner | undefined {
  if (message.kind === 'start') return { kind: 'started' };
  if (message.kind === 'ping') return { kind: 'pong', id: message.id, stats: { residentBytes: 1000 } };
  if (message.kind === 'request' && message.method === 'unload') {
    return { kind: 'done', id: message.id, value: { residentBytes: 500 } };
  }
  return undefined;
}
