import { readFile } from 'node:fs/promises';
import { exclusively } from './lock.mjs';
import { at } from './paths.mjs';
import { npm } from './process.mjs';
import { say, seconds } from './terminal.mjs';

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>} Packages */

/**
 * Node modules as package-lock.json wants them: `npm ci` runs only when what is installed differs.
 * onnxruntime-node's install script, which fetches files for other hardware, is told to stay quiet.
 */
export async function ensureModules() {
  const isCurrent = async () =>
    modulesAreCurrent(
      await readPackages(at('package-lock.json')),
      await readPackages(at('node_modules/.package-lock.json')),
    );
  if (await isCurrent()) {
    say('modules', 'in place');
    return;
  }
  await exclusively('modules', async () => {
    if (await isCurrent()) return;
    say('modules', 'installing node modules (npm ci)');
    const startedAt = Date.now();
    await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', ELECTRON_SKIP_BINARY_DOWNLOAD: '1' },
    });
    say('modules', `installed in ${seconds(Date.now() - startedAt)}`);
  });
}

/**
 * Compares npm's two lists: what the lock file wants, and what the last install left (which npm writes at its end).
 * Optional packages are for other systems: they may be missing, but not of another version.
 * @param {Packages | undefined} wanted
 * @param {Packages | undefined} installed
 */
export function modulesAreCurrent(wanted, installed) {
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    if (path === '') return true;
    const there = installed[path];
    if (!there) return optional === true || devOptional === true;
    return there.version === version && there.integrity === integrity;
  });
}

/**
 * @param {string} file
 * @returns {Promise<Packages | undefined>} undefined when there is no such file
 */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined; // missing or half written: as good as not installed
  }
}
