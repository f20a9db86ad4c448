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

/** A failure that the text explains fully: shown without a stack. */
export class SetupError extends Error {}

/**
 * Runs a command's main function; an explained failure ends it with exit code 1.
 * @param {() => Promise<number>} main
 */
export async function runCommand(main) {
  try {
    process.exitCode = await main();
  } catch (thrown) {
    process.exitCode = 1;
    if (thrown instanceof SetupError) console.error(`\n${thrown.message}`);
    else console.error(thrown);
  }
}
