import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebian } from './libraries.mjs';
import { succeeds } from './process.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * @typedef {object} VirtualDisplay
 * @property {string} name such as `:99`
 * @property {Record<string, string>} env what a program needs to draw on it
 * @property {() => Promise<void>} close ends it
 */

/** Does this machine show windows to anybody? */
export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);

const hasXvfb = () => succeeds('sh', ['-c', 'command -v Xvfb']);

/** The X server that draws into memory. Installed when missing and root; otherwise the line to type is shown. */
export async function ensureXvfb() {
  if (!(await hasXvfb()))
    await installDebian([['xvfb'], ['xauth']], 'Without a display a virtual one (Xvfb) is needed');
}

/**
 * Starts a virtual display under a number that is free, closed to other users.
 * @param {{ endsWithLastWindow?: boolean }} [options]
 * @returns {Promise<VirtualDisplay>}
 */
export async function startVirtualDisplay({ endsWithLastWindow = false } = {}) {
  await ensureXvfb();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-display-'));
  const authority = join(folder, 'authority');
  await writeFile(authority, authorityFile(randomBytes(16)), { mode: 0o600 });
  const server = spawn(
    'Xvfb',
    [
      '-displayfd',
      '3',
      '-screen',
      '0',
      '1600x1000x24',
      '-nolisten',
      'tcp',
      '-auth',
      authority,
      ...(endsWithLastWindow ? ['-terminate'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true },
  );
  const ended = new Promise((resolve) => {
    server.on('close', resolve);
    server.on('error', resolve);
  });
  const killServer = () => void server.kill('SIGTERM');
  process.once('exit', killServer);
  const close = async () => {
    process.off('exit', killServer);
    killServer();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const number = await new Promise((resolve) => {
    let text = '';
    const pipe = /** @type {import('node:stream').Readable} */ (server.stdio[3]);
    pipe.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.trim());
    });
    ended.then(() => resolve(''));
  });
  if (number === '') {
    await close();
    throw new SetupError('The virtual display (Xvfb) did not start.');
  }
  return { name: `:${number}`, env: { DISPLAY: `:${number}`, XAUTHORITY: authority }, close };
}

/**
 * An Xauthority file with one cookie, good for any display. Source: Xau(3), `FamilyWild`.
 * @param {Buffer} cookie
 */
function authorityFile(cookie) {
  const field = (/** @type {Buffer} */ bytes) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const familyWild = Buffer.from([0xff, 0xff]);
  const name = Buffer.from('MIT-MAGIC-COOKIE-1');
  return Buffer.concat([
    familyWild,
    field(Buffer.alloc(0)),
    field(Buffer.alloc(0)),
    field(name),
    field(cookie),
  ]);
}

/**
 * A display for tests and benchmarks, where the system can have a virtual one, so that no window gets in anybody's way.
 * @returns {Promise<VirtualDisplay | undefined>}
 */
export async function startTestDisplay() {
  const canBeVirtual = process.platform === 'linux' && (!hasDisplay() || (await hasXvfb()));
  return canBeVirtual ? await startVirtualDisplay() : undefined;
}
