import { median } from 'simple-statistics';
import { expect, test } from 'vitest';
import { forecastBytes } from '../../../../main/platforms/onnx/memory-forecast';

/** Files and resident memory in MB, as measured: docs/decisions/0006-memory-forecast.md. */
const measured: readonly (readonly [fileMb: number, residentMb: number])[] = [
  [0.03, 107.1],
  [0.08, 108.9],
  [0.4, 109],
  [1.65, 120.9],
  [2.51, 138.1],
  [3.68, 132.1],
  [18.93, 176.3],
  [41.94, 168.8],
  [75.55, 335.3],
  [125.83, 253],
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
