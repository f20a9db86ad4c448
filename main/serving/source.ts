import { reportUnexpected } from '../../app/base/errors';
import type { ServableData } from './servable-data';
import { formatServableId } from './servable-id';

/** Takes the complete wish for one stream: what the list omits should not be loaded. Every item carries `name`. */
export type AspiredVersionsCallback<T> = (name: string, versions: readonly ServableData<T>[]) => void;

/** Says what should be loaded. May repeat itself freely. Source: TensorFlow Serving, core/source.h. */
export interface Source<T> {
  /** Called once, by whoever connects the source. */
  setAspiredVersionsCallback(callback: AspiredVersionsCallback<T>): void;
}

/** Takes aspired versions. The callback stays callable for ever; after `detach` it does nothing. */
export interface Target<T> {
  aspiredVersionsCallback(): AspiredVersionsCallback<T>;
  detach(): void;
}

export function connectSourceToTarget<T>(source: Source<T>, target: Target<T>): void {
  source.setAspiredVersionsCallback(target.aspiredVersionsCallback());
}

/** Does a list speak of its own stream only? One that does not is reported, and to be refused whole. */
export function isOwnList<T>(name: string, versions: readonly ServableData<T>[]): boolean {
  const stranger = versions.find(({ id }) => id.name !== name);
  if (stranger) reportUnexpected(new Error(`List for ${name} contains ${formatServableId(stranger.id)}`));
  return stranger === undefined;
}
