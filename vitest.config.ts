import { defineConfig } from 'vitest/config';

/** Where `npm test` reads the counts. */
const report = process.env['SLIPWAY_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/{unit,conformance,contract}/**/*.test.{ts,tsx}'],
    setupFiles: ['test/support/setup.ts'],
    reporters: [
      'default',
      './test/support/conformance-reporter.ts',
      ...(report ? ([['json', { outputFile: report }]] satisfies ['json', object][]) : []),
    ],
    restoreMocks: true,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
