import { constants } from 'node:os';

/** How long closing may take before the process ends all the same. */
const closeWithinMs = 5_000;
const lookForParentMs = 250;
const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type End = (typeof ends)[number];

/**
 * Sees to it that a command leaves nothing behind: what was started is closed when the command is done, on Ctrl-C, on
 * SIGTERM and when whoever reads our output goes away (`slipway … | head`).
 */
export class Lifetime {
  readonly #stop = new AbortController();
  #closers: (() => Promise<void>)[] = [];
  #ending: Promise<void> | undefined;
  readonly #actions = new Map<End, () => void>();
  #isQuitting = false;

  constructor() {
    for (const signal of ends) process.on(signal, () => this.#receive(signal));
    if (process.env['npm_command'] === 'exec') this.#endWithNpx();
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') void this.#quit(0);
      else throw error;
    });
  }

  /** Aborted when the command has to stop early. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Does this on a signal instead of ending; null ends again. */
  onSignal(signal: End, action: (() => void) | null): void {
    if (action) this.#actions.set(signal, action);
    else this.#actions.delete(signal);
  }

  /** Closes it at the end, or now when the end has come. */
  async own<T extends { close(): Promise<void> }>(item: T): Promise<T> {
    if (this.#ending) await item.close();
    else this.#closers.push(() => item.close());
    return item;
  }

  /** Closes everything. Settles when it is done. */
  end(): Promise<void> {
    this.#ending ??= Promise.all(this.#closers.map((close) => close())).then(() => undefined);
    return this.#ending;
  }

  #receive(signal: End): void {
    const action = this.#actions.get(signal);
    if (action) action();
    else void this.#quit(128 + constants.signals[signal]);
  }

  /** npx gives a signal to the shell between it and us, which ends without passing it on. */
  #endWithNpx(): void {
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      this.#receive('SIGTERM');
    }, lookForParentMs);
    watch.unref();
  }

  async #quit(code: number): Promise<void> {
    if (this.#isQuitting) process.exit(code); // asked twice: whoever asks will not wait
    this.#isQuitting = true;
    this.#stop.abort();
    setTimeout(() => process.exit(code), closeWithinMs).unref();
    try {
      await this.end();
    } finally {
      process.exit(code);
    }
  }
}
