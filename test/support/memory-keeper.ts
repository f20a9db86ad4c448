import type { Keeper } from '../../renderer/stores/persisted';

/** What the page keeps between starts, in memory. */
export function memoryKeeper(): Keeper {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => {
      kept.set(key, value);
    },
  };
}
