import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { MethodInput, MethodOutput, RunnerMethod } from '../runner/protocol';
import { RunnerClient } from '../runner/runner-client';
import type { SpawnRunner } from '../runner/runner-process';
import type { Imaging } from './pictures';

const triesAfterCrash = 1;
const withinMs = 30_000;

/**
 * Looks at and draws pictures in a runner of its own, started at the first need. A picture that ends the runner is refused as
 * unreadable; the next one gets a fresh runner.
 */
export class ImagingRunner implements Imaging {
  readonly #spawn: SpawnRunner;
  readonly #clock: Clock;
  #client: Promise<RunnerClient> | undefined;
  #isClosed = false;

  constructor(spawn: SpawnRunner, clock: Clock) {
    this.#spawn = spawn;
    this.#clock = clock;
  }

  probe(picture: Uint8Array): Promise<MethodOutput<'probePicture'>> {
    return this.#ask('probePicture', { picture });
  }

  draw(picture: Uint8Array, maxSide: number): Promise<MethodOutput<'drawPicture'>> {
    return this.#ask('drawPicture', { picture, maxSide });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#client?.catch(() => undefined); // one that never started has gone by itself
    await client?.close(1_000);
  }

  async #ask<M extends RunnerMethod>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    for (let crashes = 0; ; crashes++) {
      const client = await this.#running();
      try {
        return await client.request(method, input, { deadlineAtMs: this.#clock.now() + withinMs });
      } catch (thrown) {
        const error = AppError.from(thrown);
        if (!isEndOfRunner(error)) throw error;
        // Perhaps another picture's fault: one more try, alone in a fresh process.
        if (crashes >= triesAfterCrash) {
          throw new AppError(
            'PICTURE_UNREADABLE',
            {},
            { detail: 'Decoding it ended its process', cause: error },
          );
        }
      }
    }
  }

  #running(): Promise<RunnerClient> {
    if (this.#isClosed)
      return Promise.reject(new AppError('CANCELLED', {}, { detail: 'The engine is closing' }));
    this.#client ??= this.#start();
    return this.#client;
  }

  async #start(): Promise<RunnerClient> {
    const client = new RunnerClient(this.#spawn({ name: 'slipway pictures' }), { clock: this.#clock });
    client.onDidEnd(() => {
      this.#client = undefined;
    });
    try {
      await client.start('imaging');
      return client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }
}

const isEndOfRunner = ({ code }: AppError): boolean =>
  code === 'RUNNER_CRASHED' || code === 'RUNNER_UNRESPONSIVE' || code === 'DEADLINE_EXCEEDED';
