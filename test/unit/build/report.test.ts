import { expect, test } from 'vitest';
import { countPlaywright, countVitest, sum } from '../../../build/report.mjs';

test("vitest's tests are counted, and a file that could not be read is a failure", () => {
  const report = {
    testResults: [
      {
        name: 'a',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'one' },
          { status: 'failed', fullName: 'two' },
          { status: 'pending', fullName: 'three' },
        ],
      },
      { name: 'b', status: 'failed', assertionResults: [] },
    ],
  };
  expect(countVitest(report)).toEqual({ passed: 1, failed: 2, skipped: [{ title: 'three', reason: '' }] });
});

test("playwright's tests are counted at any depth; a flaky one has failed", () => {
  const report = {
    suites: [
      {
        title: 'file',
        specs: [{ title: 'one', tests: [{ status: 'expected' }] }],
        suites: [
          {
            title: 'inner',
            specs: [
              { title: 'two', tests: [{ status: 'flaky' }] },
              {
                title: 'three',
                tests: [{ status: 'skipped', annotations: [{ type: 'skip', description: 'no models' }] }],
              },
            ],
          },
        ],
      },
    ],
  };
  expect(countPlaywright(report)).toEqual({
    passed: 1,
    failed: 1,
    skipped: [{ title: 'three', reason: 'no models' }],
  });
});

test('a runner that died before its report is a failure, never a silent nothing', () => {
  expect(sum([countVitest(undefined), countPlaywright(undefined)])).toEqual({
    passed: 0,
    failed: 2,
    skipped: [],
  });
});
