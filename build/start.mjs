import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hasDisplay, startVirtualDisplay } from './display.mjs';
import { launchSwitches, showErrors } from './launch.mjs';
import { cache, root } from './paths.mjs';
import { endTree } from './process.mjs';
import { setup } from './setup.mjs';
import { runCommand, say, seconds, takeSignals } from './terminal.mjs';

const orderlyEndMs = 10_000;

/** Opens the app and stays until it ends; whatever ends this script ends the app and the virtual display too. */
async function start() {
  const beganAt = Date.now();
  const runtime = await setup();
  const display = hasDisplay() ? undefined : await startVirtualDisplay({ endsWithLastWindow: true });
  if (display) say('display', `this machine has none: a virtual one, ${display.name}, was started`);
  try {
    const { switches, note } = await launchSwitches(runtime.executable, { isVirtual: display !== undefined });
    if (note) say('sandbox', note);
    mkdirSync(cache, { recursive: true });
    const picture = display ? join(cache, 'window.png') : '';
    const report = picture === '' ? '--report-usable' : `--report-usable=${picture}`;
    say('start', 'opening the window; Ctrl-C or closing it ends everything');
    return await runApp(
      runtime.executable,
      [...switches, '--end-with-input', report, root, ...process.argv.slice(2)],
      { ...process.env, ...display?.env },
      beganAt,
    );
  } finally {
    await display?.close();
  }
}

/**
 * @param {string} executable
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {number} beganAt
 * @returns {Promise<number>} exit code
 */
function runApp(executable, args, env, beganAt) {
  const child = spawn(executable, args, {
    cwd: process.cwd(),
    env,
    stdio: ['pipe', 'pipe', 'pipe'], // the app ends when the first pipe does, so even a killed start script leaves nothing
    detached: process.platform !== 'win32', // a group of its own, so that all of it can be ended
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = parseReport(line);
    if (!report) console.log(line);
    else if (report.slipway === 'open already')
      say('window', 'Slipway is open already: its window was brought to the front');
    else {
      say('window', `usable ${seconds(Date.now() - beganAt)} after the command`);
      if (report.picture !== '') say('picture', `of the window saved in ${report.picture}`);
    }
  });
  showErrors(child.stderr);

  /** @type {NodeJS.Timeout | undefined} */
  let patience;
  /** @type {NodeJS.Signals | undefined} */
  let endedBy;
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    const { pid } = child;
    if (pid === undefined) return;
    if (endedBy)
      void endTree(pid, 'SIGKILL'); // asked twice: no more patience
    else if (process.platform === 'win32') void endTree(pid, 'SIGTERM');
    else child.kill('SIGTERM');
    endedBy = signal;
    clearInterval(orphanWatch);
    patience ??= setTimeout(() => void endTree(pid, 'SIGKILL'), orderlyEndMs);
  };
  const giveBack = takeSignals(end);
  const parent = process.ppid;
  const orphanWatch = setInterval(() => {
    if (process.env['npm_lifecycle_event'] && process.ppid !== parent) end('SIGHUP'); // npm was ended alone
  }, 500);

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', async (code, signal) => {
      clearTimeout(patience);
      clearInterval(orphanWatch);
      giveBack();
      if (child.pid !== undefined) await endTree(child.pid, 'SIGKILL'); // a helper that outlived the app
      resolve(
        endedBy ? 128 + constants.signals[endedBy] : (code ?? 128 + (signal ? constants.signals[signal] : 0)),
      );
    });
  });
}

/**
 * @param {string} line
 * @returns {{ slipway: 'usable', picture: string } | { slipway: 'open already' } | undefined} what the app prints for this script
 */
function parseReport(line) {
  if (!line.startsWith('{"slipway":')) return undefined;
  return JSON.parse(line);
}

await runCommand(start);
