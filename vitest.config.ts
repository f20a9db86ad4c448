import { defineConfig } from 'vitest/config';
import { ConformanceReporter } from './test/support/conformance-reporter';

export default defineConfig({
  test: {
    include: ['test/{unit,conformance,contract}/**/*.test.{ts,tsx}'],
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', new ConformanceReporter()],
    restoreMocks: true,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
