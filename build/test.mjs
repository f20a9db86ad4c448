import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLayers } from './layers.mjs';
import { cache } from './paths.mjs';
import { nodeModule, run } from './process.mjs';
import { countPlaywright, countVitest, sum } from './report.mjs';
import { setup } from './setup.mjs';
import { ensureBuilt } from './sources.mjs';
import { runCommand, say, seconds } from './terminal.mjs';

/** @typedef {import('./report.mjs').Counts} Counts */

const reports = join(cache, 'reports');
const vitestReport = join(reports, 'vitest.json');
const playwrightReport = join(reports, 'playwright.json');

/** @type {Counts[]} */
const counts = [];
/** @type {string[]} */
const failedStages = [];

/**
 * Runs one stage and shows its time; a stage that fails without a test of its own to blame counts as one failure.
 * @param {string} name
 * @param {() => Promise<{ ok: boolean, counts?: Counts }>} work
 */
async function stage(name, work) {
  say('stage', name);
  const startedAt = Date.now();
  const { ok, counts: found } = await work();
  if (found) counts.push(found);
  if (!ok) {
    failedStages.push(name);
    if (!found || found.failed === 0) counts.push({ passed: 0, failed: 1, skipped: [] });
  }
  say('stage', `${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds(Date.now() - startedAt)}`);
  return ok;
}

/**
 * @param {string} script
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
const tool = async (script, args, env = {}) => {
  const command = [...nodeModule(script), ...args];
  const { code } = await run(process.execPath, command, { show: true, env: { ...process.env, ...env } });
  return code === 0;
};

/** @param {string} file */
const read = async (file) => {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined; // the runner died before it wrote
  }
};

async function test() {
  await setup({ needsBuild: false });
  await rm(reports, { recursive: true, force: true });
  await mkdir(reports, { recursive: true });

  await stage('types', async () => ({ ok: await tool('typescript-native/bin/tsc', ['--build']) }));
  await stage('lint', async () => ({
    ok: await tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']),
  }));
  await stage('layers', async () => ({ ok: await checkLayers() }));
  const isBuilt = await stage('build', async () => {
    try {
      await ensureBuilt();
      return { ok: true };
    } catch (thrown) {
      console.error(thrown instanceof Error ? thrown.message : thrown);
      return { ok: false };
    }
  });
  await stage('unit, conformance and contract tests', async () => {
    const ok = await tool('vitest/vitest.mjs', ['run'], { SLIPWAY_TEST_REPORT: vitestReport });
    return { ok, counts: countVitest(await read(vitestReport)) };
  });
  if (isBuilt)
    await stage('end-to-end tests in the real Electron', async () => {
      const ok = await tool('@playwright/test/cli.js', ['test', '--project=app']);
      return { ok, counts: countPlaywright(await read(playwrightReport)) };
    });

  const total = sum(counts);
  for (const { title, reason } of total.skipped) say('skipped', `${title}${reason ? ` (${reason})` : ''}`);
  if (failedStages.length > 0) say('failed', failedStages.join(', '));
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
  return total.failed === 0 && failedStages.length === 0 && total.passed > 0 ? 0 : 1;
}

await runCommand(test);
