import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from '../../../app/base/id-table';
import { oldBytesGrownBy } from '../../support/old-generation';

const ids = fc.integer({ min: 1, max: 200 });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), id: ids }),
    fc.record({ kind: fc.constant('delete' as const), id: ids }),
  ),
  { maxLength: 500 },
);

test('holds what a Map holds, whatever comes and goes', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const map = new Map<number, number>();
      const table = new IdTable<number>();
      for (const [at, { kind, id }] of taken.entries()) {
        if (kind === 'set') {
          map.set(id, at);
          table.set(id, at);
        } else {
          expect(table.delete(id)).toBe(map.get(id));
          map.delete(id);
        }
        expect(table.get(id)).toBe(map.get(id));
        expect(table.size).toBe(map.size);
      }
      expect(new Map(table)).toEqual(map);
      table.clear();
      expect([table.size, [...table]]).toEqual([0, []]);
    }),
  );
});

test('one that stays does not make it grow while thousands pass', () => {
  const table = new IdTable<string>();
  table.set(1, 'stays');
  for (let id = 2; id < 100_000; id++) {
    table.set(id, 'passes');
    if (id > 6) table.delete(id - 4);
  }
  expect([table.get(1), table.size]).toEqual(['stays', 6]);
});

/** Values of a kilobyte pass through, sixteen at a time. */
function pass(table: Pick<IdTable<unknown>, 'set' | 'get' | 'delete'>, from: number, to: number): void {
  for (let id = from; id < to; id++) {
    table.set(id, new Array(128).fill(id));
    if (id > 16) table.delete(id - 16);
  }
}

test('what has passed through it leaves nothing in the old generation', () => {
  const table = new IdTable<unknown>();
  pass(table, 1, 1_000);
  expect(oldBytesGrownBy(() => pass(table, 1_000, 60_000))).toBeLessThan(1_000_000);
});
