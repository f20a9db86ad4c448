import { expect, test } from 'vitest';
import { type Case, coverage, titlesOfTests } from '../support/conformance';

const words: Readonly<Record<Case['status'], string>> = {
  passes: 'passes',
  differs: 'differs on purpose',
  notApplicable: 'not applicable',
  notYet: 'not yet',
  missing: 'missing',
};

function toMarkdown(cases: readonly Case[]): string {
  const count = (status: Case['status']): number => cases.filter((it) => it.status === status).length;
  const rows = cases.map(({ id, status, reason, files }) => {
    const tests = files.map((file) => `\`${file}\``).join(', ');
    return `| ${id} | ${words[status]} | ${[tests, reason].filter(Boolean).join('. ')} |`;
  });
  return [
    '# Conformance with TensorFlow Serving, case by case',
    '',
    'The cases are those of the specification of TensorFlow Serving that Slipway is built to. Written by',
    '`npx vitest run test/conformance/coverage.test.ts -u`, checked by every run of the tests; reasons stand in `deviations.ts`.',
    '',
    `${count('passes')} pass, ${count('differs')} differ on purpose, ${count('notApplicable')} are not applicable, ${count('notYet')} are not yet there.`,
    '',
    '| Case | Status | Where, or why |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

test('every case of the specification is tested or has a reason not to be', () => {
  expect(coverage().filter(({ status }) => status === 'missing')).toEqual([]);
});

test('only a test that is always run covers a case', () => {
  const source = `
    const words = 'T001: no test';
    describe('a group', () => {
      test('T002: plain', () => {});
      test.each<[number]>([[1]])('T003: of %s', (it) => {});
      const rows = [['T009', 1], ['T010', 2]];
      test.each(rows)('%s: row', () => {});
      test.skip('T004: skipped', () => {});
      test.skipIf(words)('T005: skipped at times', () => {});
      test.todo('T006: to be done');
      it(\`T007: of \${words}\`, () => {});
    });
    describe.skip('another', () => {
      test('T008: skipped with its group', () => {});
    });`;
  expect(titlesOfTests(source)).toEqual([
    'T002: plain',
    'T003: of %s',
    'T009: row',
    'T010: row',
    'T007: of ',
  ]);
});

test('what clients see is tested over real sockets, in front of real models', () => {
  const numbers = [...Array.from({ length: 33 }, (_, index) => 185 + index), 236, 237, 238];
  const overSockets = coverage().filter(({ files }) => files.some((file) => file.startsWith('socket-')));
  const ids = overSockets.map(({ id }) => id);
  expect(numbers.map((number) => `T${number}`).filter((id) => !ids.includes(id))).toEqual([]);
});

test('coverage.md is up to date', async () => {
  await expect(toMarkdown(coverage())).toMatchFileSnapshot('./coverage.md');
});
