import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { BatchCount } from '../../app/contract/running';
import type { MethodInput, MethodOutput, RunnerMethod } from '../runner/protocol';
import type { RequestOptions, RunnerClient } from '../runner/runner-client';
import { type RetrySchedule, retryDelayMs } from '../serving/retry';

export interface RunnerGroupOptions {
  readonly clock: Clock;
  readonly instances: number;
  /** Starts a runner and loads the version into it. */
  readonly open: () => Promise<RunnerClient>;
}

const restart: RetrySchedule = { maxRetries: 8, intervalMs: 60, factor: 4, maxIntervalMs: 60_000 };
/** Having lived for so long, an instance that ends counts as never restarted. */
const forgivenAfterMs = 60_000;

/** Methods that change what an instance answers: every one of them has to hear of it. */
const forAll: ReadonlySet<RunnerMethod> = new Set(['configure']);

const leastBusy = (clients: readonly RunnerClient[]): RunnerClient | undefined =>
  clients.reduce<RunnerClient | undefined>(
    (least, it) => (least && least.inFlight <= it.inFlight ? least : it),
    undefined,
  );

/**
 * The runners of one version, asked as one: each request goes to the one with the fewest in flight. One that ends is replaced by itself
 * while the others go on; the version has failed when none is left.
 */
export class RunnerGroup {
  readonly #options: RunnerGroupOptions;
  readonly #didEnd = new Emitter<AppError>();
  #clients: readonly RunnerClient[] = [];
  readonly #openedAtMs = new WeakMap<RunnerClient, number>();
  #restarts = 0;
  #replacement: Disposable | undefined;
  #opening = 0;
  #end: AppError | undefined;
  #isClosing = false;

  /** Fires once, when the last one has ended without `close` having been called. */
  readonly onDidEnd: Event<AppError> = this.#didEnd.event;

  private constructor(options: RunnerGroupOptions) {
    this.#options = options;
  }

  /** Opens all of them at once; when one fails the others are ended and its failure is thrown. */
  static async open(options: RunnerGroupOptions): Promise<RunnerGroup> {
    const group = new RunnerGroup(options);
    const opened = await Promise.allSettled(Array.from({ length: options.instances }, () => options.open()));
    const failed = opened.find((it) => it.status === 'rejected');
    for (const it of opened) if (it.status === 'fulfilled') group.#add(it.value);
    if (!failed) return group;
    await group.close();
    throw failed.reason;
  }

  get pid(): number | undefined {
    return this.#clients[0]?.pid;
  }

  /** Of all of them together; null before the first measurement. */
  get residentBytes(): number | null {
    const known = this.#clients.map((client) => client.residentBytes).filter((bytes) => bytes !== null);
    return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** How many have been measured. */
  get measured(): number {
    return this.#clients.filter(({ residentBytes }) => residentBytes !== null).length;
  }

  get inFlight(): number {
    return this.#clients.reduce((sum, client) => sum + client.inFlight, 0);
  }

  get queued(): number {
    return this.#clients.reduce((sum, client) => sum + client.queued, 0);
  }

  get batches(): readonly BatchCount[] {
    return sumOfBatches(this.#clients.flatMap(({ batches }) => batches));
  }

  /** Throws what the runner's client throws. */
  request<M extends RunnerMethod>(
    method: M,
    input: MethodInput<M>,
    options?: RequestOptions,
  ): Promise<MethodOutput<M>> {
    const first = leastBusy(this.#clients);
    if (!first)
      return Promise.reject(this.#end ?? new AppError('CANCELLED', {}, { detail: 'The runner is closing' }));
    if (!forAll.has(method)) return first.request(method, input, options);
    return Promise.all(this.#clients.map((client) => client.request(method, input, options))).then(
      ([answer]) => answer as MethodOutput<M>,
    );
  }

  /** Closes all of them; answers why one had to be ended by force. */
  async close(): Promise<AppError | undefined> {
    this.#isClosing = true;
    this.#replacement?.dispose();
    const forced = await Promise.all(this.#clients.map((client) => client.close()));
    return forced.find((error) => error !== undefined);
  }

  #add(client: RunnerClient): void {
    this.#clients = [...this.#clients, client];
    this.#openedAtMs.set(client, this.#options.clock.now());
    client.onDidEnd((error) => this.#remove(client, error));
  }

  #remove(client: RunnerClient, error: AppError): void {
    this.#clients = this.#clients.filter((other) => other !== client);
    if (this.#isClosing) return;
    const { clock } = this.#options;
    if (this.#clients.length === 0) {
      this.#end = error;
      this.#replacement?.dispose();
      this.#didEnd.fire(error);
      return;
    }
    if (clock.now() - (this.#openedAtMs.get(client) ?? 0) >= forgivenAfterMs) this.#restarts = 0;
    this.#replaceLater();
  }

  #replaceLater(): void {
    if (this.#replacement || this.#restarts >= restart.maxRetries) return;
    const delayMs = retryDelayMs(restart, ++this.#restarts, Math.random);
    this.#replacement = this.#options.clock.schedule(delayMs, () => {
      this.#replacement = undefined;
      void this.#replace();
    });
  }

  async #replace(): Promise<void> {
    const { instances, open } = this.#options;
    if (this.#isDone || this.#clients.length + this.#opening >= instances) return;
    this.#opening++;
    try {
      const client = await open();
      if (this.#isDone) await client.close();
      else this.#add(client);
    } catch {
      // It is tried again below; the others serve meanwhile, and when they end too the version has failed with their reason.
    } finally {
      this.#opening--;
    }
    if (!this.#isDone && this.#clients.length < instances) this.#replaceLater();
  }

  get #isDone(): boolean {
    return this.#isClosing || this.#end !== undefined;
  }
}

/** One entry for each size, the smallest first. */
function sumOfBatches(counts: readonly BatchCount[]): readonly BatchCount[] {
  const bySize = new Map<number, BatchCount>();
  for (const count of counts) {
    const {
      size,
      runs,
      totalMs,
      filled = [],
    } = bySize.get(count.size) ?? { ...count, runs: 0, totalMs: 0, filled: [] };
    const missing = new Map(filled.map((it) => [it.missing, it.runs]));
    for (const it of count.filled ?? []) missing.set(it.missing, (missing.get(it.missing) ?? 0) + it.runs);
    bySize.set(size, {
      size,
      runs: runs + count.runs,
      totalMs: totalMs + count.totalMs,
      ...(missing.size > 0
        ? { filled: [...missing].map(([it, times]) => ({ missing: it, runs: times })) }
        : {}),
    });
  }
  return [...bySize.values()].sort((a, b) => a.size - b.size);
}
