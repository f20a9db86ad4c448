import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { jobLogCodes } from '../../../../app/contract/jobs';
import { arrangeJobs, shareOf, shownState } from '../../../../renderer/features/jobs/job-state';
import { aboutWords, logWords, whenWords } from '../../../../renderer/features/jobs/job-words';
import { rateAxis, rateFinding } from '../../../../renderer/features/jobs/rate-chart';
import { createFormat } from '../../../../renderer/format';
import { createTranslator } from '../../../../renderer/messages/translator';
import { aFinishedJob, aJobView } from '../../../support/sample-jobs';

const format = createFormat('en');
const { t, errorWords } = createTranslator('en', format);
const parts = { t, format, errorWords };

describe('a row says', () => {
  test('what it asks, how far it is and how long it will take', () => {
    const job = aJobView('val', { progress: { done: 31_240, total: 50_000, failed: 3 } });
    expect(aboutWords(job, parts)).toBe('digits 1 and 3, 31,240 of 50,000');
    expect(whenWords(job, parts)).toBe('2\u00a0min 12\u00a0s left');
    expect(whenWords({ ...job, remainingMs: null }, parts)).toBe('estimating');
  });

  test('when it ended and how long it took, or why it failed', () => {
    const job = aFinishedJob('val');
    expect(aboutWords(job, parts)).toBe('digits 1 and 3, 500 pictures');
    expect(whenWords(job, parts)).toMatch(/^\d\d:\d\d, 3\u00a0min 40\u00a0s$/);
    const failed = aFinishedJob('val', {
      state: 'failed',
      error: new AppError('SERVABLE_NOT_FOUND').toWire(),
    });
    expect(aboutWords(failed, parts)).toBe('This version is not available');
  });

  test('its place while it waits', () => {
    const job = aJobView('val', { state: 'queued', progress: { done: 0, total: null, failed: 0 } });
    expect(aboutWords(job, parts)).toBe('digits 1 and 3');
    expect([whenWords(job, parts), whenWords({ ...job, priority: 1 }, parts)]).toEqual(['waits', 'next']);
  });

  test('the same of a kind without models and pictures', () => {
    const job = aFinishedJob('import', { kind: 'import', model: null, versions: [], batch: null });
    expect(aboutWords(job, parts)).toBe('500 MB');
  });
});

test('a stopped job is partial when it has results, and stopped without', () => {
  const state = (done: number) =>
    shownState({ state: 'cancelled', progress: { done, total: 500, failed: 0 } });
  expect([state(12), state(0)]).toEqual(['partial', 'cancelled']);
  expect(shownState({ state: 'cancelling', progress: { done: 1, total: 2, failed: 0 } })).toBe('stopping');
  expect(shareOf({ progress: { done: 0, total: 0, failed: 0 } })).toBe(1);
});

test('jobs stand newest first, and those with problems alone if that is wished', () => {
  const jobs = [
    aFinishedJob('good'),
    aFinishedJob('broken', { state: 'failed' }),
    aFinishedJob('some', { progress: { done: 5, total: 5, failed: 1 } }),
    aJobView('running'),
  ];
  const ids = (shown: 'all' | 'problems') => arrangeJobs(jobs, shown).map(({ id }) => id);
  expect(ids('all')).toEqual(['running', 'some', 'broken', 'good']);
  expect(ids('problems')).toEqual(['some', 'broken']);
});

describe('a line of the log', () => {
  const line = (code: string, params: Record<string, string> = {}) =>
    logWords({ atMs: 0, level: 'info', code, params }, parts);
  test('has words for every code, with failures by their titles', () => {
    for (const code of jobLogCodes) expect(line(code), code).not.toBe('');
    expect(line('progress', { done: '16384', total: '50000' })).toBe('16,384 of 50,000 done');
    expect(line('pictureFailed', { picture: 'a/b.png', code: 'PICTURE_UNREADABLE' })).toBe(
      'a/b.png: Not a picture that can be read',
    );
    expect(line('finished', { done: '1442', failed: '2' })).toBe('finished: 1,442, 2 of them failed');
    expect(line('finished', { done: '12', failed: '0' })).toBe('finished: 12');
  });
  test('of another Slipway is shown by its code', () => {
    expect(line('codeOfTomorrow')).toBe('codeOfTomorrow');
  });
});

describe('the pace', () => {
  const points = (...rates: number[]) => rates.map((rate, at) => ({ elapsedMs: (at + 1) * 1_000, rate }));
  test('is steady when most of it, to its end, stays within a sixth of its mean', () => {
    expect(rateFinding(points(40, 142, 140, 144, 142))).toEqual({
      kind: 'steady',
      rate: 142,
      sinceMs: 1_000,
    });
    expect(rateFinding(points(100, 101, 99))).toMatchObject({ kind: 'steady', sinceMs: 0 });
  });
  test('lies between its bounds otherwise', () => {
    expect(rateFinding(points(10, 100, 20, 90))).toEqual({ kind: 'between', least: 10, most: 100 });
    expect(rateFinding(points(10, 11))).toMatchObject({ kind: 'between' });
    expect(rateFinding([])).toEqual({ kind: 'none' });
  });
  test.each([
    [points(142, 150), [0, 80, 160]],
    [points(330, 414), [0, 300, 600]],
    [points(0.4), [0, 0.5, 1]],
    [points(9_200), [0, 5_000, 10_000]],
    [[], [0, 0.5, 1]],
  ])('has an axis from zero to a round number above it', (rates, axis) => {
    expect(rateAxis(rates)).toEqual(axis);
  });
});
