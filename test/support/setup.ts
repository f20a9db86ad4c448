import fc from 'fast-check';
import { afterEach, expect, vi } from 'vitest';
import { setUnexpectedReporter } from '../../app/base/errors';

/** The same histories and the same broken files in each run, so that a failure is one of the change; `PROPERTY_SEED=random` looks for new ones. */
const seed = process.env['PROPERTY_SEED'] ?? '20261128';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

const unexpected: unknown[] = [];
setUnexpectedReporter((error) => unexpected.push(error));

/** What was reported as a bug since the last call; a test that provokes one takes it, so that the suite does not fail. */
export const takeUnexpected = (): unknown[] => unexpected.splice(0);

afterEach(() => {
  vi.useRealTimers();
  expect(takeUnexpected(), 'errors reported as unexpected').toEqual([]);
});
