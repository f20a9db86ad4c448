import { median } from 'simple-statistics';
import { expect, test } from 'vitest';
import { forecastBytes } from '../../../../main/platforms/onnx/memory-forecast';

/** Files and resident memory in MB, as measured: docs/decisions/0006-memory-forecast.md. */
const measured: readonly (readonly [fileMb: number, residentMb: number])[] = [
  [0.03, 126],
  [0.08, 134],
  [0.4, 130],
  [1.65, 141],
  [2.51, 155],
  [3.68, 153],
];

test('the forecast is within 15 % of what was measured, in the median', () => {
  const errors = measured.map(([fileMb, residentMb]) =>
    Math.abs(forecastBytes(fileMb * 1e6) / 1e6 / residentMb - 1),
  );
  expect(median(errors)).toBeLessThan(0.15);
});

test('the forecast grows with the files', () => {
  expect(forecastBytes(2e9)).toBeGreaterThan(forecastBytes(1e9) + 1e9);
});
