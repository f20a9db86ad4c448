import type { Description } from '../../app/contract/inference';
import { type Task, taskOf } from '../traffic/task';

/** What loaded versions answer, asked once each: so that it is at hand when routes are judged. */
export class RouteTasks {
  readonly #describe: (model: string, version: number) => Promise<Description>;
  readonly #tasks = new Map<string, Task>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(describe: (model: string, version: number) => Promise<Description>) {
    this.#describe = describe;
  }

  get(model: string, version: number): Task | null {
    return this.#tasks.get(keyOf(model, version)) ?? null;
  }

  /** Settles when the version has said what it answers, or cannot. */
  learn(model: string, version: number): Promise<void> {
    const key = keyOf(model, version);
    if (this.#tasks.has(key)) return Promise.resolve();
    let asked = this.#asked.get(key);
    if (!asked) {
      asked = this.#ask(model, version, key).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  /** What is loaded next under that number may answer something else. */
  forget(model: string, version: number): void {
    this.#tasks.delete(keyOf(model, version));
  }

  async #ask(model: string, version: number, key: string): Promise<void> {
    try {
      this.#tasks.set(key, taskOf(await this.#describe(model, version)));
    } catch {
      // It is no longer there, or does not say: it is asked again when it is next looked at.
    }
  }
}

const keyOf = (model: string, version: number): string => `${model}\n${version}`;
