import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { succeeds } from './process.mjs';

/** What Chromium writes about system services that a container or a bare server lacks: harmless, and not about the app. */
const harmless =
  /:(ERROR|WARNING):(bus|object_proxy|viz_main_impl|gpu_init|command_buffer_proxy_impl|zygote_communication_linux|sandbox_linux|gl_surface_presentation_helper)\.cc/;

/**
 * Shows on the terminal what Electron writes about errors, line by line.
 * @param {import('node:stream').Readable} stream
 */
export function showErrors(stream) {
  createInterface({ input: stream }).on('line', (line) => {
    if (!harmless.test(line) && line.trim() !== '') console.error(line);
  });
}

/**
 * The switches that Electron needs on this machine.
 * @param {string} executable
 * @param {{ isVirtual: boolean }} display
 * @returns {Promise<{ switches: string[], note: string | undefined }>} `note` says what a person should know of them
 */
export async function launchSwitches(executable, { isVirtual }) {
  if (process.platform !== 'linux') return { switches: [], note: undefined };
  const switches = isVirtual ? ['--disable-gpu'] : [];
  if (!isVirtual && !process.env['DISPLAY']) switches.push('--ozone-platform=wayland');
  if (process.getuid?.() === 0) return { switches: ['--no-sandbox', ...switches], note: undefined };
  if (await canSandbox(executable)) return { switches, note: undefined };
  const helper = join(dirname(executable), 'chrome-sandbox');
  return {
    switches: ['--no-sandbox', ...switches],
    note: `this system lets ordinary programs make no sandbox, so the page runs without one. To have it:\n  sudo chown root:root ${helper} && sudo chmod 4755 ${helper}`,
  };
}

/**
 * Chromium's sandbox needs either user namespaces or its helper owned by root with the set-user-id bit.
 * @param {string} executable
 */
async function canSandbox(executable) {
  try {
    const helper = statSync(join(dirname(executable), 'chrome-sandbox'));
    if (helper.uid === 0 && (helper.mode & 0o4000) !== 0) return true;
  } catch {
    // newer builds may come without the helper
  }
  return await succeeds('unshare', ['--user', '--map-root-user', 'true']);
}
