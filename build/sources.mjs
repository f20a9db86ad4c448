import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exclusively } from './lock.mjs';
import { at, root } from './paths.mjs';
import { nodeModule, run } from './process.mjs';
import { SetupError } from './setup-error.mjs';
import { say, seconds } from './terminal.mjs';

const inputs = [
  'app',
  'main',
  'renderer',
  'electron.vite.config.ts',
  'package-lock.json',
  'tsconfig.base.json',
];
const stamp = at('dist/.sources');

/** Builds when a source is not what the last build was made from. */
export async function ensureBuilt() {
  if (await isBuilt()) {
    say('build', 'in place');
    return;
  }
  await exclusively('build', async () => {
    if (!(await isBuilt())) await build();
  });
}

/** The next `ensureBuilt` builds, whatever there is. */
export const forgetBuild = () => rm(stamp, { force: true });

const isBuilt = async () => (await readFile(stamp, 'utf8').catch(() => '')) === (await sourcesStamp());

/** Builds main, preload, runner, command line and page into `dist`. */
export async function build() {
  say('build', 'building main, preload and page');
  const startedAt = Date.now();
  const made = await sourcesStamp();
  const { code, output } = await run(process.execPath, [
    ...nodeModule('electron-vite/bin/electron-vite.js'),
    'build',
    '--logLevel=warn',
  ]);
  if (code !== 0) throw new SetupError(`${output}\nThe build failed.`);
  if (output.trim() !== '') console.log(output.trimEnd());
  await chmod(at('dist/main/cli.cjs'), 0o755).catch(() => undefined); // no such bits on Windows
  await writeFile(stamp, made);
  say('build', `built in ${seconds(Date.now() - startedAt)}`);
}

/** A hash over name, size and time of every source: a few milliseconds, where a hash of the contents takes longer. */
async function sourcesStamp() {
  const hash = createHash('sha256');
  for (const input of inputs) await addTo(hash, join(root, input));
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 */
async function addTo(hash, path) {
  const found = await stat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isDirectory()) {
    hash.update(`${path} ${found.size} ${found.mtimeMs}\n`);
    return;
  }
  const names = await readdir(path);
  for (const name of names.sort()) if (name !== 'samples') await addTo(hash, join(path, name));
}
