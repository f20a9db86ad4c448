import type { z } from 'zod';

/** Where the page keeps what only the page cares about: selection, filters, panel sizes. */
export type Keeper = Pick<Storage, 'getItem' | 'setItem'>;

/** What was kept under `key`, or `fallback` when there is nothing or it no longer fits the schema. */
export function recall<T>(keeper: Keeper, key: string, schema: z.ZodType<T>, fallback: T): T {
  const text = keeper.getItem(key);
  if (text === null) return fallback;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return fallback; // an older version kept another form: start afresh
  }
}

export function keep(keeper: Keeper, key: string, value: unknown): void {
  keeper.setItem(key, JSON.stringify(value));
}
