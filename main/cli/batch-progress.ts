import { Presets, SingleBar } from 'cli-progress';
import type { Job } from '../../app/contract/jobs';

const lineEveryMs = 5_000;

/** How far a batch is: a bar on a terminal, else a line every few seconds. */
export class BatchProgress {
  readonly #stream: NodeJS.WriteStream;
  readonly #noun: string;
  #bar: SingleBar | null = null;
  #lineAtMs = 0;

  /** `noun` is what is counted, in the plural. */
  constructor(stream: NodeJS.WriteStream, noun: string) {
    this.#stream = stream;
    this.#noun = noun;
  }

  show({ progress: { done, total, failed }, rate, remainingMs }: Job): void {
    if (total === null) return;
    const pace = {
      failed,
      pace: rate === null ? '' : `, ${rate.toFixed(rate < 10 ? 1 : 0)} a second`,
      left: remainingMs === null ? '' : `, ${duration(remainingMs)} left`,
    };
    if (this.#stream.isTTY) this.#draw(done, total, pace);
    else if (done > 0 && Date.now() - this.#lineAtMs >= lineEveryMs) {
      this.#lineAtMs = Date.now();
      this.#stream.write(`${done} of ${total} ${this.#noun}, ${failed} failed${pace.pace}${pace.left}\n`);
    }
  }

  end(): void {
    this.#bar?.stop();
  }

  #draw(done: number, total: number, pace: object): void {
    if (!this.#bar) {
      const format = '{bar} {value} of {total}, {failed} failed{pace}{left}';
      this.#bar = new SingleBar({ format, stream: this.#stream }, Presets.shades_classic);
      this.#bar.start(total, done, pace);
    }
    this.#bar.update(done, pace);
  }
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
