import type { AppError } from '../../app/base/errors';
import type { ServableId } from './servable-id';

/** One aspired version: what to load, or why it cannot be. Source: TensorFlow Serving, core/servable_data.h. */
export type ServableData<T> =
  | { readonly id: ServableId; readonly ok: true; readonly data: T }
  | { readonly id: ServableId; readonly ok: false; readonly error: AppError };

export const servableData = <T>(id: ServableId, data: T): ServableData<T> => ({ id, ok: true, data });
export const servableError = <T>(id: ServableId, error: AppError): ServableData<T> => ({
  id,
  ok: false,
  error,
});

/** The data of an item known to be good; asking it of an errored one is a bug. */
export function dataOrDie<T>(item: ServableData<T>): T {
  if (item.ok) return item.data;
  throw new Error(`Data of errored servable ${item.id.name}:${item.id.version}`, { cause: item.error });
}
