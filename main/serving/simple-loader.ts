import { AppError } from '../../app/base/errors';
import { type LoadContext, type Loader, type LoaderFactory, loaderFactory } from './loader';
import type { ResourceAllocation } from './resources';
import type { ServableId } from './servable-id';
import { UnarySourceAdapter } from './source-adapter';

type Eventually<T> = T | Promise<T>;

export interface SimpleLoaderOptions<T> {
  readonly create: (context: LoadContext) => Eventually<T>;
  /** Before loading. Asked once; an error is not remembered. Default: nothing is needed. */
  readonly estimate?: () => Eventually<ResourceAllocation>;
  /** Asked once, right after a successful load, and replaces the first answer. */
  readonly estimateAfterLoad?: (servable: T) => Eventually<ResourceAllocation>;
  readonly destroy?: (servable: T) => Eventually<void>;
}

/** A loader made of functions. Source: TensorFlow Serving, core/simple_loader.h. */
export class SimpleLoader<T> implements Loader {
  readonly #options: SimpleLoaderOptions<T>;
  #estimate: ResourceAllocation | undefined;
  #servable: T | undefined;

  constructor(options: SimpleLoaderOptions<T>) {
    this.#options = options;
  }

  async estimateResources(): Promise<ResourceAllocation> {
    this.#estimate ??= (await this.#options.estimate?.()) ?? [];
    return this.#estimate;
  }

  async load(context: LoadContext): Promise<void> {
    const servable = await this.#options.create(context);
    if (servable === undefined || servable === null) {
      throw new AppError('INTERNAL', {}, { detail: 'The creator returned nothing' });
    }
    this.#servable = servable;
    const { estimateAfterLoad } = this.#options;
    if (estimateAfterLoad) this.#estimate = await this.#estimateOrDestroy(servable, estimateAfterLoad);
  }

  async unload(): Promise<void> {
    const servable = this.#servable;
    this.#servable = undefined;
    if (servable !== undefined) await this.#options.destroy?.(servable);
  }

  servable(): unknown {
    return this.#servable;
  }

  /** A load that fails leaves nothing behind. */
  async #estimateOrDestroy(
    servable: T,
    estimate: (servable: T) => Eventually<ResourceAllocation>,
  ): Promise<ResourceAllocation> {
    try {
      return await estimate(servable);
    } catch (thrown) {
      await this.unload();
      throw thrown;
    }
  }
}

/** Gives every item a simple loader of its own, which does not need the adapter any more. */
export const simpleLoaderSourceAdapter = <In, T>(
  optionsFor: (data: In, id: ServableId) => SimpleLoaderOptions<T>,
): UnarySourceAdapter<In, LoaderFactory> =>
  new UnarySourceAdapter((data, id) => loaderFactory(() => new SimpleLoader(optionsFor(data, id))));
