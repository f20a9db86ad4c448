import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ResultFilter } from '../../../app/contract/jobs';
import { type AnsweredItem, BatchResults } from '../../../main/jobs/batch/batch-results';
import type { BatchAnswer } from '../../../main/runner/protocol';
import { temporaryFolder } from '../../support/temp-folder';

const folder = temporaryFolder();
const all: ResultFilter = { show: 'all', between: null, class: null, confidence: null, order: 'input' };

const answer = (version: number, label: string, probability: number): BatchAnswer => ({
  version,
  classes: [{ index: 0, label, probability }],
  error: null,
});
const failure = (version: number): BatchAnswer => ({
  version,
  classes: [],
  error: { code: 'PICTURE_UNREADABLE', detail: '' },
});

let results: BatchResults;
beforeEach(async () => {
  results = await BatchResults.open(join(folder.path, 'batch.db'));
});
afterEach(() => results.close());

async function keep(job: string, answers: readonly (readonly BatchAnswer[])[]): Promise<void> {
  const items = answers.map((each, item): AnsweredItem => ({ item, picture: `${item}.png`, answers: each }));
  await results.keep(job, items);
}
const items = async (filter: Partial<ResultFilter>, isFresh = true): Promise<number[]> => {
  const request = { filter: { ...all, ...filter }, offset: 0, limit: 100, isFresh };
  return (await results.views.page('job', request)).rows.map(({ item }) => item);
};

describe('the results of a batch', () => {
  beforeEach(async () => {
    await results.list(
      'job',
      (async function* () {
        for (let item = 0; item < 7; item++) yield `${item}.png`;
      })(),
    );
    await keep('job', [
      [answer(1, 'cat', 0.9), answer(2, 'cat', 0.8), answer(3, 'cat', 0.7)],
      [answer(1, 'cat', 0.5), answer(2, 'dog', 0.6), answer(3, 'cat', 0.95)],
      [answer(1, 'dog', 0.4), answer(2, 'dog', 0.3), answer(3, 'cat', 0.99)],
      [failure(1), failure(2), failure(3)],
      [answer(1, "it's", 1), failure(2), answer(3, "it's", 1)],
    ]);
    await keep('other', [[answer(1, 'cat', 0.1)]]);
  });

  test('are those that are there, in the order of the input', async () => {
    expect(await items({})).toEqual([0, 1, 2, 3, 4]);
    const { total, rows } = await results.views.page('job', {
      filter: all,
      offset: 1,
      limit: 1,
      isFresh: false,
    });
    expect(total).toBe(5);
    expect(rows).toEqual([
      {
        item: 1,
        picture: '1.png',
        answers: [
          { version: 1, class: 'cat', probability: 0.5, error: null },
          { version: 2, class: 'dog', probability: 0.6, error: null },
          { version: 3, class: 'cat', probability: 0.95, error: null },
        ],
      },
    ]);
  });

  test('are filtered by what failed, what differs, between whom, the class and its probability', async () => {
    expect(await items({ show: 'failed' })).toEqual([3, 4]);
    expect(await items({ show: 'differing' })).toEqual([1, 2]);
    expect(await items({ show: 'differing', between: [1, 3] })).toEqual([2]);
    expect(await items({ class: 'dog' })).toEqual([1, 2]);
    expect(await items({ class: "it's" })).toEqual([4]);
    expect(await items({ class: 'dog', confidence: { least: 0.5, most: 1 } })).toEqual([1]);
    expect(await items({ confidence: { least: 0, most: 0.45 } })).toEqual([2]);
    expect(await items({ show: 'differing', class: 'cat', confidence: { least: 0.97, most: 1 } })).toEqual([
      2,
    ]);
    expect(await items({ show: 'failed', class: 'cat' })).toEqual([]);
  });

  test('can come with the least sure first, those without an answer last', async () => {
    expect(await items({ order: 'leastSure' })).toEqual([2, 1, 0, 4, 3]);
    expect(await items({ order: 'leastSure', show: 'differing', between: [1, 2] })).toEqual([1]);
  });

  test('stay as they were found until they are looked for again', async () => {
    expect(await items({})).toHaveLength(5);
    await results.keep('job', [{ item: 5, picture: '5.png', answers: [answer(1, 'cat', 1)] }]);
    expect(await items({}, false)).toHaveLength(5);
    expect(await items({})).toHaveLength(6);
  });

  test('are counted by what they say', async () => {
    expect(await results.views.counts('job')).toEqual({
      answered: 5,
      failed: 2,
      differing: 2,
      pairs: [
        { between: [1, 2], count: 1 },
        { between: [1, 3], count: 1 },
        { between: [2, 3], count: 2 },
      ],
      classes: [
        { class: 'cat', count: 3 },
        { class: 'dog', count: 2 },
        { class: "it's", count: 1 },
      ],
    });
  });

  test('that were answered again count once, and go with their job', async () => {
    await keep('job', [[answer(1, 'dog', 1), answer(2, 'dog', 1), answer(3, 'dog', 1)]]);
    expect((await results.views.counts('job')).classes).toContainEqual({ class: 'dog', count: 3 });
    await results.forget('job');
    expect(await items({})).toEqual([]);
    expect((await results.views.counts('job')).answered).toBe(0);
    expect((await results.views.counts('other')).answered).toBe(1);
  });
});

test('who still looks while the app closes hears that it does', async () => {
  const other = await BatchResults.open(join(folder.path, 'other.db'));
  await other.close();
  const closed = { code: 'CANCELLED' };
  await expect(other.views.counts('job')).rejects.toMatchObject(closed);
  await expect(other.picture('job', 0)).rejects.toMatchObject(closed);
});

test('many filters in turn leave every one right, however few are kept', async () => {
  await keep('job', [[answer(1, 'a', 1)], [answer(1, 'b', 1)], [answer(1, 'c', 1)]]);
  for (const round of [1, 2])
    for (const [item, name] of [...'abcabc'].entries())
      expect(await items({ class: name, order: round === 1 ? 'input' : 'leastSure' }, false)).toEqual([
        item % 3,
      ]);
});

test('a hundred thousand pictures are found, counted and paged without holding up anything else', async () => {
  const count = 100_000;
  const names = ['coat', 'shirt', 'dress', 'bag'];
  for (let from = 0; from < count; from += 5_000) {
    await results.keep(
      'job',
      Array.from({ length: 5_000 }, (_, at): AnsweredItem => {
        const item = from + at;
        const of = (version: number): BatchAnswer =>
          answer(version, names[(item + (item % 10 === 0 ? version : 0)) % 4] ?? '', (item % 1_000) / 1_000);
        return { item, picture: `${item}.png`, answers: [of(1), of(3)] };
      }),
    );
  }
  let turns = 0;
  const turning = setInterval(() => turns++, 0);
  const counts = await results.views.counts('job');
  expect(counts).toMatchObject({ answered: count, differing: count / 10, failed: 0 });
  expect(counts.classes).toHaveLength(4);
  const filter: ResultFilter = { ...all, show: 'differing', between: [1, 3], order: 'leastSure' };
  const found = await results.views.page('job', { filter, offset: 0, limit: 100, isFresh: true });
  clearInterval(turning);
  expect(turns).toBeGreaterThan(10); // the event loop turned meanwhile
  expect(found.total).toBe(count / 10);
  expect(found.rows[0]).toMatchObject({ item: 0 });
  const last = await results.views.page('job', { filter, offset: 9_990, limit: 100, isFresh: false });
  expect(last.rows).toHaveLength(10);
  expect(last.rows.every(({ answers }) => answers[0]?.probability === 0.99)).toBe(true);
  const whole = await results.views.page('job', { filter: all, offset: 99_950, limit: 100, isFresh: true });
  expect(whole.total).toBe(count);
  expect(whole.rows.map(({ item }) => item)).toEqual(Array.from({ length: 50 }, (_, at) => 99_950 + at));
});
