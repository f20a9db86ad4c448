import type { Disposable } from '../../app/base/lifecycle';
import type { ServableId } from './servable-id';

/** Which version of a servable is asked for. Labels are resolved before this. */
export type ServableRequest =
  | { readonly kind: 'specific'; readonly name: string; readonly version: number }
  | { readonly kind: 'latest'; readonly name: string }
  | { readonly kind: 'earliest'; readonly name: string };

export const specific = (name: string, version: number): ServableRequest => ({
  kind: 'specific',
  name,
  version,
});
export const latest = (name: string): ServableRequest => ({ kind: 'latest', name });
export const earliest = (name: string): ServableRequest => ({ kind: 'earliest', name });

/** The form that error texts use: `Latest(m)`, `Specific(m, 3)`. */
export function formatServableRequest(request: ServableRequest): string {
  if (request.kind === 'specific') return `Specific(${request.name}, ${request.version})`;
  return `${request.kind === 'latest' ? 'Latest' : 'Earliest'}(${request.name})`;
}

/** While it is held, its servable stays loaded. Disposing twice is harmless. */
export interface ServableHandle<T> extends Disposable {
  readonly id: ServableId;
  readonly servable: T;
}

/** Tells whether a servable is of the kind that the caller can work with. */
export type ServableGuard<T> = (servable: unknown) => servable is T;

/** Hands out handles on what is loaded. Source: TensorFlow Serving, core/manager.h. */
export interface Manager {
  listAvailableServableIds(): ServableId[];
  /** Throws `AppError` SERVABLE_NOT_FOUND when nothing matches, SERVABLE_WRONG_TYPE when it is of another kind. */
  getServableHandle<T>(request: ServableRequest, guard: ServableGuard<T>): ServableHandle<T>;
  /** Handles on everything available of that kind; whoever asks disposes them. */
  getAvailableServableHandles<T>(guard: ServableGuard<T>): ServableHandle<T>[];
}
