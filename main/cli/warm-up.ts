import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { exitCodes } from './exit-codes';
import type { Lifetime } from './lifetime';
import { configOption, type NamedVersion, parseNamedVersion, versionNumbers } from './named-version';

interface WarmUpOptions {
  readonly model: string;
  readonly version?: NamedVersion;
  readonly config?: string;
  readonly from?: string;
  readonly limit: number;
}

const examples = `
LOG is what slipway serve --request_log_file=PREFIX wrote: PREFIX.jsonl.
Requests in it that were answered are asked of the version, each different one once; those that it answers are written into its folder, and from
then on asked whenever it is loaded, before anybody else may ask. Headers, tokens and answers are left out, pictures and tensors are not.

Examples:
  slipway warm-up requests.jsonl --model ./digits --version 4
  slipway warm-up requests.jsonl --model ./digits --from shop --limit 20

Exit codes: 0 there are warm-up requests now, 1 the version answered none, 2 wrong usage.`;

/** `slipway warm-up LOG --model MODEL_DIR`: makes logged requests the warm-up requests of a version. */
export function addWarmUpCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('warm-up')
    .description('keep logged requests with a version, to be asked whenever it is loaded')
    .argument('<LOG>', 'the request log')
    .requiredOption('--model <MODEL_DIR>', 'the folder of the model')
    .option('--version <N|LABEL>', 'the version that gets them (default: the latest)', parseNamedVersion)
    .addOption(configOption())
    .option('--from <NAME>', 'take what was asked of this model or route (default: the folder’s name)')
    .option('--limit <N>', 'how many requests at most, up to 1000', parseLimit, 100)
    .addHelpText('after', examples)
    .action(async (log: string, { model, version, config, ...options }: WarmUpOptions) => {
      const { placeWarmUp } = await import('./replay/place-warm-up'); // heavy, and not needed for what is refused above
      const basePath = resolve(model);
      const [number] = version ? await versionNumbers([version], basePath, config) : [];
      const runnerPath = join(__dirname, 'runner.cjs');
      const placed = await placeWarmUp(log, basePath, number, options, lifetime, runnerPath);
      process.stdout.write(
        `${placed.requests} warm-up requests for version ${placed.version}, ${placed.refused} refused by it\n`,
      );
      process.exitCode = placed.requests > 0 ? exitCodes.done : exitCodes.unanswered;
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > 1_000)
    throw new InvalidArgumentError('It is a whole number from 1 to 1000.');
  return limit;
}
