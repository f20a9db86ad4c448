import { AppError } from '../../app/base/errors';
import { type ServableData, servableData, servableError } from './servable-data';
import type { ServableId } from './servable-id';
import type { AspiredVersionsCallback, Source, Target } from './source';

/**
 * Turns lists of one kind into lists of another, name and order kept. A list that arrives before the outgoing callback is
 * connected is kept until then (the latest of each stream: it is the whole wish).
 * Source: TensorFlow Serving, core/source_adapter.h.
 */
export class SourceAdapter<In, Out> implements Target<In>, Source<Out> {
  readonly #adapt: (name: string, versions: readonly ServableData<In>[]) => readonly ServableData<Out>[];
  readonly #early = new Map<string, readonly ServableData<In>[]>();
  #forward: AspiredVersionsCallback<Out> | undefined;
  #isDetached = false;

  constructor(adapt: (name: string, versions: readonly ServableData<In>[]) => readonly ServableData<Out>[]) {
    this.#adapt = adapt;
  }

  aspiredVersionsCallback(): AspiredVersionsCallback<In> {
    return (name, versions) => {
      if (this.#isDetached) return;
      if (this.#forward) this.#forward(name, this.#adapt(name, versions));
      else this.#early.set(name, versions);
    };
  }

  setAspiredVersionsCallback(callback: AspiredVersionsCallback<Out>): void {
    this.#forward = callback;
    const early = [...this.#early];
    this.#early.clear();
    for (const [name, versions] of early) callback(name, this.#adapt(name, versions));
  }

  detach(): void {
    this.#isDetached = true;
    this.#early.clear();
  }

  /** Converts a single item, outside any connection. */
  adaptOneVersion(item: ServableData<In>): ServableData<Out> {
    const [adapted] = this.#adapt(item.id.name, [item]);
    if (adapted) return adapted;
    return servableError(item.id, new AppError('INTERNAL', {}, { detail: 'The adapter dropped the item' }));
  }
}

/**
 * Converts item by item. What `convert` throws makes that item an errored one and touches no other; an errored item passes
 * through with its own error, unconverted.
 */
export class UnarySourceAdapter<In, Out> extends SourceAdapter<In, Out> {
  constructor(convert: (data: In, id: ServableId) => Out) {
    super((_, versions) => versions.map((item) => convertItem(item, convert)));
  }
}

/** Makes every good item an errored one; an errored item keeps its own error. */
export class ErrorInjectingSourceAdapter<In, Out> extends SourceAdapter<In, Out> {
  constructor(error: AppError) {
    super((_, versions) => versions.map((item) => servableError(item.id, item.ok ? error : item.error)));
  }
}

/** Puts a folder in front of each path. */
export class PrefixStoragePathSourceAdapter extends UnarySourceAdapter<string, string> {
  constructor(prefix: string) {
    super((path) => joinPath(prefix, path));
  }
}

function convertItem<In, Out>(
  item: ServableData<In>,
  convert: (data: In, id: ServableId) => Out,
): ServableData<Out> {
  if (!item.ok) return item;
  try {
    return servableData(item.id, convert(item.data, item.id));
  } catch (thrown) {
    return servableError(item.id, AppError.from(thrown));
  }
}

/** Joins with one slash, as the servers that write such paths do. */
export function joinPath(prefix: string, path: string): string {
  if (prefix === '') return path;
  return `${prefix.replace(/[/\\]+$/, '')}/${path.replace(/^[/\\]+/, '')}`;
}
