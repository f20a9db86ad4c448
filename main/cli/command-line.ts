import { Command, CommanderError } from 'commander';
import { AppError } from '../../app/base/errors';
import { describeError } from '../../app/contract/messages/error-text';
import { version } from '../../package.json';
import { addAutotuneCommand } from './autotune';
import { addBatchCommand } from './batch';
import { addClassifyCommand } from './classify';
import { addDryRunCommand } from './dry-run';
import { addEventsCommand } from './events';
import { exitCodes } from './exit-codes';
import { Lifetime } from './lifetime';
import { addLookupCommand } from './lookup';
import { addPreprocessCommand } from './preprocess';
import { addReplayCommand } from './replay';
import { addServeCommand } from './serve';
import { systemErrorText } from './system-error-text';
import { addTokenCommand } from './token';
import { UsageError } from './usage-error';
import { addWarmUpCommand } from './warm-up';

/** Runs one command and sets the exit code. Whatever it started has ended when the process does. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const lifetime = new Lifetime();
  const program = new Command('slipway')
    .description('Manages image-classification models by version, and asks them from the command line.')
    .version(version, '--version', 'print the version of Slipway')
    .helpCommand('help [command]', 'explain a command')
    .enablePositionalOptions()
    .showHelpAfterError('(slipway --help explains the commands, slipway help COMMAND explains one)')
    .exitOverride();
  addClassifyCommand(program, lifetime);
  addLookupCommand(program, lifetime);
  addBatchCommand(program, lifetime);
  addAutotuneCommand(program, lifetime);
  addServeCommand(program, lifetime);
  addPreprocessCommand(program, lifetime);
  addReplayCommand(program, lifetime);
  addWarmUpCommand(program, lifetime);
  addDryRunCommand(program);
  addEventsCommand(program);
  addTokenCommand(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  } finally {
    await lifetime.end();
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage; // it has spoken
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.usage;
  }
  process.stderr.write(`${systemErrorText(error) ?? describeError(AppError.from(error).toWire())}\n`);
  return exitCodes.unanswered;
}
