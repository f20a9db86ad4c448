import { type ServableData, servableData } from '../serving/servable-data';
import type { AspiredVersionsCallback, Source } from '../serving/source';

/** Aspires one version of one servable when it is connected, and nothing ever after. Source: TensorFlow Serving, static_storage_path_source.h. */
export class StaticSource<T> implements Source<T> {
  readonly #item: ServableData<T>;

  constructor(name: string, version: number, data: T) {
    this.#item = servableData({ name, version }, data);
  }

  setAspiredVersionsCallback(callback: AspiredVersionsCallback<T>): void {
    callback(this.#item.id.name, [this.#item]);
  }
}
