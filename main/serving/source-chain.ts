import type { Disposable } from '../../app/base/lifecycle';
import type { AspiredVersionsManager } from './aspired-versions-manager';
import type { LoaderFactory } from './loader';
import { connectSourceToTarget, type Source, type Target } from './source';

type Part<T> = Source<T> & Partial<Disposable>;

/** A source and the adapters behind it, connected. Letting go starts upstream, so that nothing pushes into what is gone. */
export class SourceChain<T> implements Disposable {
  readonly last: Source<T>;
  readonly #letGo: readonly (() => void)[];

  private constructor(last: Source<T>, letGo: readonly (() => void)[]) {
    this.last = last;
    this.#letGo = letGo;
  }

  static from<T>(source: Part<T>): SourceChain<T> {
    return new SourceChain(source, [() => source.dispose?.()]);
  }

  through<U>(adapter: Part<U> & Target<T>): SourceChain<U> {
    connectSourceToTarget(this.last, adapter);
    return new SourceChain(adapter, [
      ...this.#letGo,
      () => {
        adapter.detach();
        adapter.dispose?.();
      },
    ]);
  }

  dispose(): void {
    for (const letGo of this.#letGo) letGo();
  }
}

/**
 * Owns a manager and what feeds it. Source: TensorFlow Serving, core/aspired_versions_manager_builder.h.
 */
export class AspiredVersionsManagerBuilder {
  readonly #manager: AspiredVersionsManager;
  readonly #chains: SourceChain<LoaderFactory>[] = [];

  constructor(manager: AspiredVersionsManager) {
    this.#manager = manager;
  }

  addSourceChain(chain: SourceChain<LoaderFactory>): this {
    this.#chains.push(chain);
    return this;
  }

  /** Connects every chain. `close` lets go of sources, then adapters, then the manager. */
  build(): { readonly manager: AspiredVersionsManager; close(signal?: AbortSignal): Promise<void> } {
    for (const { last } of this.#chains) connectSourceToTarget(last, this.#manager);
    return {
      manager: this.#manager,
      close: (signal) => {
        for (const chain of this.#chains) chain.dispose();
        return this.#manager.close(signal);
      },
    };
  }
}
