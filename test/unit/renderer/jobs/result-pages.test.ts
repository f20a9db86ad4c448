import { expect, test } from 'vitest';
import type { In, Out } from '../../../../app/contract';
import type { Client } from '../../../../renderer/client/client';
import {
  allResults,
  confidenceOf,
  confidences,
  isFiltered,
} from '../../../../renderer/features/jobs/result-filter';
import { createResultPages, rowAt } from '../../../../renderer/features/jobs/result-pages';
import { aResultRow } from '../../../support/sample-jobs';

type Ask = In<'jobs.results'>;
type Page = Out<'jobs.results'>;

/** Answers when the test says so. */
function fakeClient() {
  const asked: { input: Ask; answer: (total: number) => void; fail: () => void }[] = [];
  const call = (_name: string, input: Ask): Promise<Page> =>
    new Promise((resolve, reject) => {
      const answer = (total: number): void => {
        const count = Math.max(0, Math.min(input.limit, total - input.offset));
        resolve({
          total,
          rows: Array.from({ length: count }, (_, at) => aResultRow(input.offset + at, 'a', 'b')),
        });
      };
      asked.push({ input, answer, fail: () => reject(new Error('broken')) });
    });
  return { asked, client: { call } as unknown as Client };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('pages are read as they come into sight, each once', async () => {
  const { asked, client } = fakeClient();
  const pages = createResultPages(client, 'job', allResults);
  pages.need(0, 30);
  pages.refresh();
  expect(asked.map(({ input }) => [input.offset, input.isFresh])).toEqual([[0, true]]);
  asked[0]?.answer(100_000);
  await settled();
  pages.need(50_040, 50_130);
  pages.need(50_045, 50_135);
  expect(asked.slice(1).map(({ input }) => [input.offset, input.isFresh])).toEqual([
    [50_000, false],
    [50_100, false],
  ]);
  for (const { answer } of asked.slice(1)) answer(100_000);
  await settled();
  expect(rowAt(pages.store.getState(), 50_130)?.item).toBe(50_130);
  expect(rowAt(pages.store.getState(), 200)).toBeUndefined();
});

test('a fresh look keeps what is in sight until the new rows are there, and drops late answers', async () => {
  const { asked, client } = fakeClient();
  const pages = createResultPages(client, 'job', allResults);
  pages.refresh();
  asked[0]?.answer(150);
  await settled();
  pages.need(90, 120);
  pages.refresh();
  expect(rowAt(pages.store.getState(), 5)).toBeDefined();
  asked[1]?.answer(150); // was asked before the fresh look
  asked[2]?.answer(160);
  await settled();
  expect(pages.store.getState().total).toBe(160);
  expect(asked.slice(3).map(({ input }) => input.offset)).toEqual([100]); // what else is in sight
});

test('a failure is said, and asked again when it is needed again', async () => {
  const { asked, client } = fakeClient();
  const pages = createResultPages(client, 'job', allResults);
  pages.refresh();
  asked[0]?.fail();
  await settled();
  expect(pages.store.getState().error?.code).toBe('INTERNAL');
  pages.refresh();
  asked[1]?.answer(1);
  await settled();
  expect(pages.store.getState()).toMatchObject({ total: 1, error: null });
});

test('a filter is known by its range, and as one', () => {
  for (const name of ['any', 'low', 'middle', 'high'] as const)
    expect(confidenceOf({ ...allResults, confidence: confidences[name] })).toBe(name);
  expect(isFiltered({ ...allResults, order: 'leastSure' })).toBe(false);
  expect(isFiltered({ ...allResults, show: 'failed' })).toBe(true);
});
