import { defineConfig } from '@playwright/test';

/** End-to-end tests drive the real Electron, one app at a time; pictures for the docs are a project of their own. */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  globalSetup: './test/support/electron-setup.config.ts',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: '.cache/reports/playwright.json' }]],
  projects: [
    { name: 'app', testMatch: '**/*.spec.ts' },
    { name: 'screenshots', testMatch: 'screenshots.ts', timeout: 180_000 },
  ],
});
