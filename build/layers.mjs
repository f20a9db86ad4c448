import { nodeModule, run } from './process.mjs';

/**
 * Checks the import arrows of `.dependency-cruiser.cjs`. A run that found no modules checked nothing, and fails: that is what the tool
 * answers when it cannot parse TypeScript.
 * @returns {Promise<boolean>}
 */
export async function checkLayers() {
  const { code, output } = await run(process.execPath, [
    ...nodeModule('dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    'app',
    'main',
    'renderer',
  ]);
  console.log(output.trim());
  const modules = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  if (code === 0 && modules === 0) console.error('the layer check found no modules to look at');
  return code === 0 && modules > 0;
}

if (process.argv[1]?.endsWith('layers.mjs')) process.exitCode = (await checkLayers()) ? 0 : 1;
