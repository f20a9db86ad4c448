import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Emitter } from '../../../app/base/emitter';
import { AppError } from '../../../app/base/errors';
import type { InferInput, InferOutput } from '../../../main/runner/codecs/infer';
import type {
  Batch,
  BatchAnswer,
  ClassifyFilesInput,
  FromRunner,
  LoadInput,
  OpenBatchInput,
  RunnerClassification,
  ToRunner,
} from '../../../main/runner/protocol';
import type { RunnerExit, RunnerProcess, SpawnRunner } from '../../../main/runner/runner-process';

const mb = 1_000_000;
/** Whenever it is measured: a memory that changed with time would make a test depend on how long it takes. */
const residentBytes = 60 * mb;

/**
 * Runners without processes. A version's `model.onnx` is a word here: `bad` fails to load for good, `slow` loads when
 * `release` is called, `alone` loads only without batching, anything else is the label that it answers.
 */
export class FakeRunners {
  readonly alive = new Set<FakeRunner>();
  spawned = 0;
  readonly #held: (() => void)[] = [];
  #isReleased = false;

  readonly spawn: SpawnRunner = ({ name }) => {
    this.spawned++;
    const runner = new FakeRunner(name, this);
    this.alive.add(runner);
    runner.onExit(() => this.alive.delete(runner));
    return runner;
  };

  hold(run: () => void): void {
    if (!this.#isReleased) {
      this.#held.push(run);
      return;
    }
    this.#isReleased = false;
    run();
  }

  /** Lets every slow load that waits finish; when none does yet, the next one: it may be on its way to its runner still. */
  release(): void {
    this.#isReleased = this.#held.length === 0;
    for (const run of this.#held.splice(0)) run();
  }

  /** The runner that holds a version, by the name of its process. */
  named(part: string): FakeRunner {
    const found = [...this.alive].find(({ name }) => name.includes(part));
    if (!found)
      throw new Error(`No runner for ${part} among ${[...this.alive].map((it) => it.name).join(', ')}`);
    return found;
  }
}

export class FakeRunner implements RunnerProcess {
  readonly name: string;
  /** None: the memory of another process would be looked at. */
  readonly pid = undefined;
  readonly #runners: FakeRunners;
  readonly #message = new Emitter<Batch<FromRunner>>();
  readonly #exit = new Emitter<RunnerExit>();
  readonly onMessage = this.#message.event;
  readonly onExit = this.#exit.event;
  /** What it was asked to load, and how. */
  loading: LoadInput | undefined;
  #label = '';
  #batch: ReadonlyMap<number, string> = new Map();
  isHeld = false;
  /** Leaves requests without an answer from now on. */
  swallow = false;
  #hasExited = false;

  constructor(name: string, runners: FakeRunners) {
    this.name = name;
    this.#runners = runners;
  }

  send(batch: Batch<ToRunner>): void {
    for (const message of batch) queueMicrotask(() => this.#take(message));
  }

  kill(): void {
    this.exit({ code: null, signal: 'SIGKILL' });
  }

  freezer(): undefined {
    return undefined; // there is no process
  }

  exit(exit: RunnerExit): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    queueMicrotask(() => this.#exit.fire(exit));
  }

  #take(message: ToRunner): void {
    if (this.#hasExited) return;
    if (message.kind === 'start') this.#say({ kind: 'started' });
    else if (message.kind === 'ping') this.#say({ kind: 'pong', id: message.id, stats: { residentBytes } });
    else if (message.kind === 'request' && !this.swallow)
      this.#answer(message.id, message.method, message.input);
  }

  #answer(id: number, method: string, input: unknown): void {
    const done = (value: unknown): void => this.#say({ kind: 'done', id, value });
    switch (method) {
      case 'load': {
        this.loading = input as LoadInput;
        const file = join(this.loading.folder, 'model.onnx');
        this.#label = existsSync(file) ? readFileSync(file, 'utf8') : 'bad';
        const isRefused = this.#label === 'alone' && this.loading.options.batching !== 'off';
        if (this.#label === 'bad' || isRefused) {
          const error = new AppError('MODEL_FILE_TRUNCATED', {}, { detail: 'ends early' }).toWire();
          this.#say({ kind: 'failed', id, error });
        } else if (this.#label === 'slow') this.#runners.hold(() => done({ residentBytes }));
        else done({ residentBytes });
        return;
      }
      case 'openBatch': {
        const { versions } = input as OpenBatchInput;
        this.#batch = new Map(
          versions.map(({ version, load }) => [
            version,
            readFileSync(join(load.folder, 'model.onnx'), 'utf8'),
          ]),
        );
        const preprocessing = { width: 28 };
        done({
          residentBytes,
          versions: versions.map(({ version }) => ({ version, preprocessing })),
        });
        return;
      }
      case 'classifyFiles': {
        const { paths, versions } = input as ClassifyFilesInput;
        done(paths.map(() => versions.map((version) => this.#batchAnswer(version))));
        return;
      }
      case 'hold':
        this.isHeld = (input as { readonly isHeld: boolean }).isHeld;
        done(null);
        return;
      case 'classify':
        done(this.#classification());
        return;
      case 'describe':
        done({ preprocessing: null, inputs: [], outputs: [], classCount: null });
        return;
      case 'infer':
        done(this.#inferred(input as InferInput));
        return;
      case 'unload':
        done({ residentBytes: 10 * mb });
        return;
      default: {
        const error = new AppError(
          'FAILED_PRECONDITION',
          {},
          { detail: `The fake does not ${method}` },
        ).toWire();
        this.#say({ kind: 'failed', id, error });
      }
    }
  }

  #classification(): RunnerClassification {
    return {
      classes: [{ index: 0, label: this.#label, probability: 1, raw: 1 }],
      classCount: 1,
      isTied: false,
      output: { name: 'out', dtype: 'float32', shape: [1, 1], form: 'probabilities' },
      timingsMs: { queue: 0, decode: 1, preprocess: 1, run: 1 },
    };
  }

  /** Its label as the body, whatever was asked. */
  #inferred({ wantsGist = false }: InferInput): InferOutput {
    return {
      bytes: Buffer.from(this.#label),
      contentType: 'text/plain',
      headers: {},
      timingsMs: { parse: 0, queue: 0, run: 1, render: 0 },
      exampleCount: 1,
      ...(wantsGist ? { gist: { kind: 'classes', rows: [{ label: this.#label, confidence: 0.5 }] } } : {}),
    };
  }

  #batchAnswer(version: number): BatchAnswer {
    const classes = [{ index: 0, label: this.#batch.get(version) ?? '', probability: 1 }];
    return { version, classes, error: null };
  }

  #say(message: FromRunner): void {
    if (!this.#hasExited) this.#message.fire([message]);
  }
}
