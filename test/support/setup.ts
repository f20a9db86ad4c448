import { afterEach, expect, vi } from 'vitest';
import { setUnexpectedReporter } from '../../app/base/errors';

const unexpected: unknown[] = [];
setUnexpectedReporter((error) => unexpected.push(error));

/** What was reported as a bug since the last call; a test that provokes one takes it, so that the suite does not fail. */
export const takeUnexpected = (): unknown[] => unexpected.splice(0);

afterEach(() => {
  vi.useRealTimers();
  expect(takeUnexpected(), 'errors reported as unexpected').toEqual([]);
});
