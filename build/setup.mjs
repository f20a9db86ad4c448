import { pathToFileURL } from 'node:url';
import { ensureXvfb, hasDisplay } from './display.mjs';
import { ensureLibraries } from './libraries.mjs';
import { ensureModules } from './modules.mjs';
import { ensureRuntime } from './runtime.mjs';
import { ensureBuilt } from './sources.mjs';
import { runCommand } from './terminal.mjs';

/**
 * Everything that a fresh clone lacks, in order; what is there already is left as it is.
 * @returns {Promise<import('./runtime.mjs').Runtime>}
 */
export async function setup({ needsBuild = true } = {}) {
  await ensureModules();
  const runtime = await ensureRuntime();
  await ensureLibraries(runtime.executable);
  if (!hasDisplay()) await ensureXvfb();
  if (needsBuild) await ensureBuilt();
  return runtime;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await runCommand(async () => {
    await setup();
    return 0;
  });
