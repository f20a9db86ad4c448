import { expect, test } from 'vitest';
import type { Classification } from '../../../../app/contract/inference';
import { createClient } from '../../../../renderer/client/client';
import { createCompareStore } from '../../../../renderer/stores/compare';
import { FakeEngine } from '../../../support/fake-bridge';
import { FakeClock } from '../../../support/fake-clock';
import { classification, picture } from '../playground/page-fixtures';

const columns = [1, 2].map((version) => ({ model: 'fish', version }));

/** An engine that takes `ms` of the clock for every answer. */
function bench(ms: number, fails: (picture: string) => boolean = () => false) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const engine = new FakeEngine({
    handlers: {
      'inference.classify': async (input): Promise<Classification> => {
        asked.push(`${input.version} ${input.picture}`);
        await clock.advance(ms);
        if (fails(input.picture)) throw new Error('broken');
        return classification(input, { tench: 0.7, reel: 0.3 });
      },
    },
  });
  const compare = createCompareStore(createClient(engine.bridge), clock);
  const finished = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = compare.store.subscribe(({ finishedAtMs }) => {
        if (finishedAtMs === null) return;
        stop();
        resolve();
      });
    });
  const countOf = (key: string): number | undefined => compare.store.getState().timings.get(key)?.length;
  return { compare, asked, finished, countOf };
}

test('versions take turns on each picture, after three runs that do not count', async () => {
  const { compare, asked, finished } = bench(1_000);
  compare.addPictures([picture('a'), picture('b')]);
  const done = finished();
  compare.fill(columns);
  await done;
  expect(asked).toEqual([
    ...['1 a', '1 a', '1 a', '1 a'],
    ...['2 a', '2 a', '2 a', '2 a'],
    ...['1 b', '2 b'],
    '1 a', // measuring further begins, and ends with its second
  ]);
});

test('few pictures are run again until each median rests on twenty timings', async () => {
  const { compare, finished, countOf } = bench(1);
  compare.addPictures([picture('a'), picture('b'), picture('c')]);
  const done = finished();
  compare.fill(columns);
  await done;
  expect(countOf('fish@1')).toBe(20);
  expect(countOf('fish@2')).toBe(20);
});

test('filling again asks only for what is missing', async () => {
  const { compare, asked, finished } = bench(1_000);
  compare.addPictures([picture('a')]);
  let done = finished();
  compare.fill(columns);
  await done;
  const before = asked.length;
  compare.fill(columns);
  expect(asked).toHaveLength(before);
  compare.addPictures([picture('b')]);
  compare.store.setState({ finishedAtMs: null });
  done = finished();
  compare.fill(columns);
  await done;
  expect(asked.slice(before, before + 2)).toEqual(['1 b', '2 b']);
});

test('a picture that fails is told in its cell and does not stop the others', async () => {
  const { compare, finished } = bench(1_000, (name) => name === 'a');
  compare.addPictures([picture('a'), picture('b')]);
  const done = finished();
  compare.fill(columns);
  await done;
  const kinds = [...compare.store.getState().cells].map(([key, cell]) => `${key} ${cell.kind}`);
  expect(kinds.sort()).toEqual([
    'fish@1|a failed',
    'fish@1|b answered',
    'fish@2|a failed',
    'fish@2|b answered',
  ]);
});

test('a picture is there once, and removing the one in sight leaves none selected', () => {
  const { compare } = bench(1);
  compare.addPictures([picture('a'), picture('b')]);
  compare.addPictures([picture('a')]);
  expect(compare.store.getState().pictures.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(compare.store.getState().selectedPicture).toBe('a');
  compare.removePicture('a');
  expect(compare.store.getState().selectedPicture).toBeNull();
});
