import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { checkFolder } from './check-folder';
import type { Lifetime } from './lifetime';
import { configOption, type NamedVersion, parseNamedVersion, versionNumbers } from './named-version';
import { parseServerUrl } from './parse-server-url';

interface LookupOptions {
  readonly modelVersion?: NamedVersion;
  readonly config?: string;
  readonly nearest?: number;
  readonly json?: boolean;
  readonly remote?: string;
  readonly token?: string;
}

const examples = `
MODEL_DIR is a model: a folder with numbered version folders, such as MODEL_DIR/1/table.csv. KEY is a key exactly as the table has it.

Examples:
  slipway lookup ./words king queen
  slipway lookup ./words king --nearest 5
  slipway lookup ./words king --json | jq '.rows[0].values'
  slipway lookup words king --remote http://127.0.0.1:8501

Exit codes: 0 the table has every key, 1 it lacks one (the others are answered) or cannot be asked, 2 wrong usage.`;

/** `slipway lookup MODEL_DIR KEY…` */
export function addLookupCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('lookup')
    .description('look keys up in a lookup table, and find the rows that are most like them')
    .argument('<MODEL_DIR>', 'the folder of the table')
    .argument('<KEY...>', 'the keys')
    .option('--model-version <N|LABEL>', 'the version (default: the latest)', parseNamedVersion)
    .addOption(configOption())
    .option('--nearest <K>', 'list as well the K keys whose rows are most alike, by cosine', parseCount)
    .option('--json', 'print JSON instead of a table')
    .option('--remote <URL>', 'ask a server; MODEL_DIR is then the name of a model there', parseServerUrl)
    .option('--token <TOKEN>', 'its access token (or SLIPWAY_TOKEN in the environment)')
    .addHelpText('after', examples)
    .action(async (model: string, keys: readonly string[], options: LookupOptions) => {
      const { remote, modelVersion, nearest = 0, json: isJson = false } = options;
      const basePath = resolve(model);
      if (remote === undefined) await checkFolder(basePath, model);
      const [version] =
        remote === undefined && modelVersion
          ? await versionNumbers([modelVersion], basePath, options.config)
          : [];
      const { runLookup } = await import('./run-lookup'); // heavy, and not needed for what is refused above
      const source =
        remote === undefined
          ? { kind: 'folder' as const, basePath, version, runnerPath: join(__dirname, 'runner.cjs') }
          : {
              kind: 'server' as const,
              server: { url: remote, token: options.token ?? process.env['SLIPWAY_TOKEN'] },
              model,
              asked: modelVersion,
            };
      process.exitCode = await runLookup({ source, keys, nearest, isJson }, lifetime);
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1 || count > 10_000)
    throw new InvalidArgumentError('It is a whole number from 1 to 10000.');
  return count;
}
