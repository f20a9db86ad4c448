import { expect, test } from 'vitest';
import type { Plan } from '../../../../../app/contract/models';
import { planLines } from '../../../../../renderer/features/models/plan-words';
import { createFormat } from '../../../../../renderer/format';
import { createTranslator } from '../../../../../renderer/messages/translator';

const format = createFormat('en');
const words = { format, t: createTranslator('en', format).t };
const aPlan = (differences: Partial<Plan>): Plan => ({
  steps: [],
  peakBytes: 475_000_000,
  budgetBytes: 512_000_000,
  hasGap: false,
  ...differences,
});
const texts = (plan: Plan): string[] =>
  planLines(plan, words).map(({ text }) => text.replaceAll('\u00a0', ' '));
const step = (
  version: number,
  action: Plan['steps'][number]['action'],
  bytes: number | null = null,
  afterVersion: number | null = null,
) => ({ version, action, bytes, afterVersion, refusal: null });
const refused = (version: number, needBytes: number) => ({
  ...step(version, 'load', needBytes),
  refusal: { needBytes, freeBytes: 20e6, totalBytes: 80e6 },
});

test('loads and unloads are told in their order, with what each takes and waits for', () => {
  expect(
    texts(
      aPlan({
        steps: [step(4, 'load', 310e6), step(2, 'unload', 86e6, 4), step(3, 'keep')],
      }),
    ),
  ).toEqual([
    'Version 4 will load (about 310 MB).',
    'Version 2 will unload once version 4 is available.',
    'Version 3 stays available. Memory at most 475 of 512 MB.',
  ]);
});

test('a load that waits for an unload says for which', () => {
  expect(texts(aPlan({ steps: [step(1, 'load', 85e6, 2)] }))[0]).toBe(
    'Version 1 will load (about 85 MB) once version 2 has unloaded.',
  );
});

test('a version that leaves by itself finishes its requests first', () => {
  expect(texts(aPlan({ steps: [step(2, 'unload', 86e6)] }))[0]).toBe(
    'Version 2 will unload after its requests finish, freeing 86 MB.',
  );
});

test('when nothing changes it says so', () => {
  expect(texts(aPlan({}))).toEqual(['Nothing loads or unloads. Memory at most 475 of 512 MB.']);
});

test('many versions are told by count', () => {
  const steps = [9, 8, 7, 6, 5].map((version) => step(version, 'load', 10e6));
  expect(texts(aPlan({ steps }))[0]).toBe(
    '5 versions will load, 9, 8, 7, and 6 first (about 50 MB together).',
  );
});

const warnings = (plan: Plan): string[] =>
  planLines(plan, words)
    .filter((line) => line.isWarning)
    .map(({ text }) => text.replaceAll('\u00a0', ' '));

test('a gap is a warning', () => {
  const steps = [step(2, 'unload'), step(1, 'load', 85e6, 2)];
  expect(warnings(aPlan({ steps, hasGap: true }))).toEqual(['For a moment no version answers.']);
});

test('what will be refused says what it needs and what is free, and what stays in its place', () => {
  const plan = aPlan({
    steps: [step(1, 'keep', 60e6), refused(2, 60e6)],
    peakBytes: 60e6,
    budgetBytes: 80e6,
  });
  expect(texts(plan)).toEqual([
    'Version 2 will not load: it needs 60 MB, and 20 of 80 MB are free.',
    'Version 1 stays available. Memory at most 60 of 80 MB.',
  ]);
  expect(warnings(plan)).toHaveLength(1);
});

test('when nothing is left that answers it says so', () => {
  const steps = [step(1, 'unload', 10e6), refused(2, 90e6)];
  expect(warnings(aPlan({ steps, hasGap: true }))).toEqual([
    'Version 2 will not load: it needs 90 MB, and 20 of 80 MB are free.',
    'No version will answer.',
  ]);
});

test('a load that is refused at first and has room later is told once', () => {
  const steps = [refused(3, 60e6), step(1, 'unload', 60e6), step(3, 'load', 60e6, 1)];
  expect(texts(aPlan({ steps })).slice(0, 2)).toEqual([
    'Version 1 will unload after its requests finish, freeing 60 MB.',
    'Version 3 will load (about 60 MB) once version 1 has unloaded.',
  ]);
});

test('many that are refused are told by count', () => {
  const steps = [9, 8, 7, 6].map((version) => step(version, 'load', 10e6));
  expect(warnings(aPlan({ steps: [...steps, refused(5, 70e6), refused(4, 70e6)] }))).toEqual([
    '2 versions will not load, since there is no room for them: 5 and 4 (140 MB together).',
  ]);
});
