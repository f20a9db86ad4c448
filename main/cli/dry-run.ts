import Table from 'cli-table3';
import type { Command } from 'commander';
import type { DryRun } from '../../app/contract/routes';
import type { TriedLog } from './dry-run/try-route';
import { exitCodes } from './exit-codes';

interface DryRunOptions {
  readonly config: string;
  readonly route?: string;
  readonly json?: boolean;
}

const examples = `
LOG is what slipway serve --request_log_file=PREFIX wrote: PREFIX.jsonl.
FILE is Slipway's own configuration document, in YAML or JSON, with the route as it would be.
Everything in the log that was asked of the route, or of a model that it leads to, is sent through the route and to nobody:
what would go where is what a server with this route does with the same requests, every arm being available.

Examples:
  slipway dry-run requests.jsonl --config slipway.yaml
  slipway dry-run requests.jsonl --config changed.yaml --route shop --json

Exit codes: 0 every request would find an arm, 1 some would not, 2 wrong usage.`;

/** `slipway dry-run LOG --config FILE`: who would go where. */
export function addDryRunCommand(program: Command): void {
  program
    .command('dry-run')
    .description('send logged requests through a route, and see who would go where')
    .argument('<LOG>', 'the request log')
    .requiredOption('--config <FILE>', 'the configuration document that has the route')
    .option('--route <NAME>', 'which of its routes; not needed where it has one')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', examples)
    .action(async (log: string, { config, route, json }: DryRunOptions) => {
      const { tryRoute } = await import('./dry-run/try-route'); // heavy, and not needed for what is refused above
      const tried = await tryRoute(log, config, route);
      process.stdout.write(json ? `${JSON.stringify(tried, null, 2)}\n` : draw(tried));
      process.exitCode = tried.result.unanswered === 0 ? exitCodes.done : exitCodes.unanswered;
    });
}

function draw({ route, result, skipped, unreadable }: TriedLog): string {
  const arms = new Table({
    head: ['Arm', 'Before', 'After'],
    colAligns: ['left', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { arm, before, after } of result.arms)
    arms.push([arm, before, `${after} (${percentOf(after, result)})`]);
  const summary = new Table({ style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  summary.push(
    ['requests', result.requests],
    ...result.rules.map(({ rule, requests }) => [
      rule === null ? 'everyone else' : `audience ${rule}`,
      `${requests} (${percentOf(requests, result)})`,
    ]),
    ['to another arm than before', result.moved],
    ['without an arm', result.unanswered],
    ['copied to the shadow', result.copied],
    ['of other models (left out)', skipped],
    ['unreadable lines', unreadable],
  );
  return `${route}\n${arms.toString()}\n${summary.toString()}\n`;
}

const percentOf = (part: number, { requests }: DryRun): string =>
  `${requests === 0 ? 0 : Math.round((part / requests) * 1_000) / 10} %`;
