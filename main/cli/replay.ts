import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { exitCodes } from './exit-codes';
import type { Lifetime } from './lifetime';
import { configOption, type NamedVersion, parseNamedVersion, versionNumbers } from './named-version';
import { parseServerUrl } from './parse-server-url';
import type { Ask } from './replay/target';
import { UsageError } from './usage-error';

interface ReplayOptions {
  readonly url?: string;
  readonly token?: string;
  readonly as?: string;
  readonly model?: string;
  readonly version?: NamedVersion;
  readonly config?: string;
  readonly limit?: number;
  readonly concurrency: number;
  readonly json?: boolean;
}

const examples = `
LOG is what slipway serve --request_log_file=PREFIX wrote: PREFIX.jsonl.
Every request in it is asked again, and each answer compared with the one of then: numbers within 0.0001, times left out.
Over --url, what came over gRPC is skipped; with --model, everything is asked.

Examples:
  slipway replay requests.jsonl --model ./digits --version 4
  slipway replay requests.jsonl --url http://127.0.0.1:8501 --version 4 --json

Exit codes: 0 everything was answered, 1 something was refused that was not then, 2 wrong usage.`;

/** `slipway replay LOG`: asks logged requests again, of another version or another server. */
export function addReplayCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('replay')
    .description('ask logged requests again, and compare the answers')
    .argument('<LOG>', 'the request log')
    .addOption(new Option('--url <URL>', 'the server to ask').argParser(parseServerUrl).conflicts('model'))
    .option('--token <TOKEN>', 'its access token (or SLIPWAY_TOKEN in the environment)')
    .option('--as <NAME>', 'ask the model of this name instead of the logged one')
    .option('--model <MODEL_DIR>', 'the folder of a model to ask, without a server')
    .option('--version <N|LABEL>', 'the version that answers (default: the latest)', parseNamedVersion)
    .addOption(configOption())
    .option('--limit <N>', 'how many requests at most', parseWhole)
    .option('--concurrency <N>', 'how many requests at once', parseWhole, 1)
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', examples)
    .action(async (log: string, options: ReplayOptions) => {
      const { replay } = await import('./replay/replay'); // heavy, and not needed for what is refused above
      const result = await replay(log, await asker(options, lifetime), options, lifetime.signal);
      if (result.requests === 0)
        throw new UsageError(
          `${log} holds no request that slipway serve --request_log_file wrote (${result.unreadable} other lines).`,
        );
      process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : drawResult(result));
      process.exitCode = result.refused === 0 ? exitCodes.done : exitCodes.unanswered;
    });
}

async function asker(options: ReplayOptions, lifetime: Lifetime): Promise<Ask> {
  const { askEngine, askServer } = await import('./replay/target');
  const { url, model, version, token = process.env['SLIPWAY_TOKEN'] } = options;
  if (url !== undefined) return askServer(url, token, options.as, version);
  if (model === undefined) throw new UsageError('Say whom to ask: --url URL or --model MODEL_DIR.');
  const { openModel } = await import('./open-model');
  const basePath = resolve(model);
  const [number] = version ? await versionNumbers([version], basePath, options.config) : [];
  const opened = await openModel(basePath, number, lifetime, join(__dirname, 'runner.cjs'));
  return askEngine(opened.engine, opened.name, { version: opened.version });
}

function drawResult(result: Awaited<ReturnType<typeof import('./replay/replay').replay>>): string {
  const table = new Table({ style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  table.push(
    ['requests', result.requests],
    ['answered', result.answered],
    ['the same answer', result.same],
    ['another answer', result.different],
    ...(result.pictures === 0
      ? []
      : [['pictures with the same first class', `${result.sameTop} of ${result.pictures}`]]),
    ['refused', result.refused],
    ['refused as it was then', result.refusedAgain],
    ['skipped (gRPC)', result.skipped],
    ['unreadable lines', result.unreadable],
    ['median then', `${result.medianMs.before} ms`],
    ['median now', `${result.medianMs.now} ms`],
    ['p99 now', `${result.p99Ms.now} ms`],
  );
  return `${table.toString()}\n`;
}

function parseWhole(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It is a whole number of at least 1.');
  return Number(text);
}
