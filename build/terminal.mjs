import { constants } from 'node:os';
import { endRunning } from './process.mjs';
import { SetupError } from './setup-error.mjs';

/** What a person reads: one line for each step. */

/**
 * @param {string} what
 * @param {string} text
 */
export function say(what, text) {
  console.log(`${what.padEnd(10)} ${text}`);
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @typedef {(signal: NodeJS.Signals) => void} SignalHandler */

/** @type {SignalHandler} */
const stopAtOnce = (signal) => {
  endRunning();
  process.exit(128 + constants.signals[signal]);
};
/** @type {SignalHandler} */
let onSignal = stopAtOnce;

/**
 * While a command has something to end in order, it answers Ctrl-C and its like by itself.
 * @param {SignalHandler} handler
 * @returns {() => void} gives the signals back
 */
export function takeSignals(handler) {
  onSignal = handler;
  return () => {
    onSignal = stopAtOnce;
  };
}

/**
 * Runs a command's main function; an explained failure ends it with exit code 1.
 * @param {() => Promise<number>} main
 */
export async function runCommand(main) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => onSignal(signal));
  try {
    process.exitCode = await main();
  } catch (thrown) {
    process.exitCode = 1;
    if (thrown instanceof SetupError) console.error(`\n${thrown.message}`);
    else console.error(thrown);
  }
}
