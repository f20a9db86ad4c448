import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,conformance,contract}/**/*.test.{ts,tsx}'],
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', './test/support/conformance-reporter.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
