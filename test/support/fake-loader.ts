import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { LoadContext, Loader } from '../../main/serving/loader';
import { mainMemory, type ResourceAllocation } from '../../main/serving/resources';

export interface FakeServable {
  readonly kind: 'fake';
  readonly label: string;
}

export const isFakeServable = (servable: unknown): servable is FakeServable =>
  typeof servable === 'object' && servable !== null && 'kind' in servable && servable.kind === 'fake';

/** A loader whose steps the test decides: loads at once unless told to wait or to fail. */
export class FakeLoader implements Loader {
  readonly label: string;
  /** What happened to it, in order. */
  readonly calls: ('estimate' | 'load' | 'loaded' | 'loadFailed' | 'unload')[] = [];
  bytes = 0;
  /** Bytes once loaded; the same when not set. */
  loadedBytes: number | undefined;
  /** One entry is taken per attempt; null succeeds. */
  failures: (AppError | null)[] = [];
  estimateFailures: AppError[] = [];
  /** Ends a load that waits with CANCELLED once nobody wants it. */
  obeysAbort = false;
  onUnload: (() => void) | undefined;
  onLoad: ((context: LoadContext) => void) | undefined;
  readonly #died = new Emitter<AppError>();
  readonly onDidFail = this.#died.event;
  #servable: FakeServable | undefined;
  #gate: Promise<void> | undefined;
  #open: () => void = () => {};

  constructor(label = 'fake', bytes = 0) {
    this.label = label;
    this.bytes = bytes;
  }

  get attempts(): number {
    return this.calls.filter((it) => it === 'load').length;
  }

  get unloads(): number {
    return this.calls.filter((it) => it === 'unload').length;
  }

  /** Loads wait until `proceed`. */
  hold(): this {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
    return this;
  }

  proceed(): void {
    this.#gate = undefined;
    this.#open();
  }

  failing(...failures: (AppError | null)[]): this {
    this.failures = failures;
    return this;
  }

  die(error = new AppError('RUNNER_CRASHED')): void {
    this.#servable = undefined;
    this.#died.fire(error);
  }

  async estimateResources(): Promise<ResourceAllocation> {
    const failure = this.estimateFailures.shift();
    if (failure) throw failure;
    return mainMemory(this.#servable ? (this.loadedBytes ?? this.bytes) : this.bytes);
  }

  async load(context: LoadContext): Promise<void> {
    this.calls.push('load');
    this.onLoad?.(context);
    await Promise.race([this.#gate, ...(this.obeysAbort ? [aborted(context.signal)] : [])]);
    const failure = this.failures.shift();
    if (failure) {
      this.calls.push('loadFailed');
      throw failure;
    }
    this.#servable = { kind: 'fake', label: this.label };
    this.calls.push('loaded');
  }

  async unload(): Promise<void> {
    this.calls.push('unload');
    this.onUnload?.();
    this.#servable = undefined;
  }

  servable(): unknown {
    return this.#servable;
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const leave = (): void => reject(new AppError('CANCELLED'));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
