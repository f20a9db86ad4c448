import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 128 + n after signal n, as shells count
 * @property {string} output both streams together; empty when they went to the terminal
 */

/** @type {Set<{ child: import('node:child_process').ChildProcess, isGroup: boolean }>} */
const running = new Set();

/** Ends at once what `run` started and is not done: a set-up that is interrupted leaves nothing at work behind it. */
export function endRunning() {
  for (const { child, isGroup } of running) {
    if (isGroup && child.pid !== undefined) void endTree(child.pid, 'SIGTERM');
    else child.kill('SIGKILL');
  }
}

/**
 * Runs a program to its end. It rejects only when the program cannot be started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number, cwd?: string, isGroup?: boolean, showErrors?: (stream: import('node:stream').Readable) => void }} [options]
 *   `show` lets it write to the terminal, its errors by `showErrors` if given; `isGroup` ends all that it started along with it
 * @returns {Promise<Outcome>}
 */
export function run(
  command,
  args,
  { env, show = false, timeoutMs, cwd = root, isGroup = false, showErrors } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      detached: isGroup && process.platform !== 'win32',
      stdio: show
        ? [isGroup ? 'ignore' : 'inherit', 'inherit', showErrors ? 'pipe' : 'inherit']
        : ['ignore', 'pipe', 'pipe'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    });
    const entry = { child, isGroup };
    running.add(entry);
    child.on('exit', () => running.delete(entry));
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    if (child.stderr && showErrors) showErrors(child.stderr);
    else child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128 + signalNumber(signal), output: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

/** @param {NodeJS.Signals | null} signal */
const signalNumber = (signal) => (signal === null ? 0 : (constants.signals[signal] ?? 0));

/**
 * Like `run`, with the program's output shown in the error when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new SetupError(`${output}\n${command} ${args.join(' ')} ended with code ${code}.`);
  return output;
}

/**
 * Is this program there and does it answer with success?
 * @param {string} command
 * @param {readonly string[]} args
 */
export async function succeeds(command, args) {
  try {
    return (await run(command, args)).code === 0;
  } catch {
    return false; // not installed
  }
}

/**
 * npm, as the very program that runs this script, or the one on the path.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options) {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('npm-cli.js')) return must(process.execPath, [script, ...args], options);
  return process.platform === 'win32'
    ? must('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options)
    : must('npm', args, options);
}

/**
 * The command line that runs a package's program with this Node.
 * @param {string} script path inside node_modules
 */
export const nodeModule = (script) => [`${root}/node_modules/${script}`];

/**
 * Ends a process and all that it started. The process must lead a group of its own (`detached`) where groups exist.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export async function endTree(pid, signal) {
  if (process.platform === 'win32') {
    await succeeds('taskkill', ['/pid', String(pid), '/t', ...(signal === 'SIGKILL' ? ['/f'] : [])]);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}
