import { describe, expect, test } from 'vitest';
import { type CancelSignal, CancelSource } from '../../../app/base/cancel-signal';

// Both are signals, and whoever is given one cannot tell which.
const sources: readonly (readonly [string, () => { signal: CancelSignal; abort(): void }])[] = [
  [
    'CancelSource',
    () => {
      const source = new CancelSource();
      return { signal: source, abort: () => source.abort() };
    },
  ],
  [
    'AbortController',
    () => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
  ],
];

describe.each(sources)('%s', (_, make) => {
  test('tells each listener once, in the order in which they came', () => {
    const { signal, abort } = make();
    const told: string[] = [];
    for (const name of ['a', 'b', 'c'])
      signal.addEventListener('abort', () => told.push(name), { once: true });
    expect([signal.aborted, told]).toEqual([false, []]);
    abort();
    abort();
    expect([signal.aborted, told]).toEqual([true, ['a', 'b', 'c']]);
  });

  test('tells none that was removed, and none that comes too late', () => {
    const { signal, abort } = make();
    const told: string[] = [];
    const removed = (): void => void told.push('removed');
    signal.addEventListener('abort', removed);
    signal.addEventListener('abort', () => told.push('kept'), { once: true });
    signal.removeEventListener('abort', removed);
    signal.removeEventListener('abort', removed);
    abort();
    signal.addEventListener('abort', () => told.push('late'), { once: true });
    abort();
    expect(told).toEqual(['kept']);
  });
});
