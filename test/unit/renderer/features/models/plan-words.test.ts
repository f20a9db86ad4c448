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
  fits: true,
  ...differences,
});
const texts = (plan: Plan): string[] =>
  planLines(plan, words).map(({ text }) => text.replaceAll('\u00a0', ' '));
const step = (
  version: number,
  action: Plan['steps'][number]['action'],
  bytes: number | null = null,
  afterVersion: number | null = null,
) => ({ version, action, bytes, afterVersion });

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

test('a gap and too little memory are warnings', () => {
  const lines = planLines(aPlan({ hasGap: true, fits: false }), words).filter((line) => line.isWarning);
  expect(lines.map(({ text }) => text)).toEqual([
    'For a moment no version answers.',
    'Not everything fits: what does not waits until memory is free.',
  ]);
});
