import Table from 'cli-table3';
import { type Command, InvalidArgumentError } from 'commander';
import type { PastState } from '../../app/contract/history';
import type { ModelEvent } from '../../app/contract/models';
import { exitCodes } from './exit-codes';
import { parseVersion } from './parse-version';
import { UsageError } from './usage-error';

interface EventsOptions {
  readonly model?: string;
  readonly version?: number;
  readonly since?: number;
  readonly until?: number;
  readonly at?: number;
  readonly limit: number;
  readonly json?: boolean;
}

const examples = `
DIR is the folder that slipway serve --event_log_folder=DIR keeps its events in. The server may be running.
A TIME is a date, such as 2026-05-12 or 2026-05-12T14:05:37, or how long ago, such as 30m, 12h or 7d.

Examples:
  slipway events ./log --model digits --version 4
  slipway events ./log --since 1h --json
  slipway events ./log --model digits --at 2026-05-12T14:05

Exit codes: 0 there was something to print, 1 nothing fits, 2 wrong usage.`;

/** `slipway events DIR`: what happened to the models of a server, and how they stood at a moment. */
export function addEventsCommand(program: Command): void {
  program
    .command('events')
    .description('read the event log of a server: what happened, and how a model stood at a moment')
    .argument('<DIR>', 'the folder of the event log')
    .option('--model <NAME>', 'of this model only')
    .option('--version <N>', 'of this version only', parseVersion)
    .option('--since <TIME>', 'from then on', parseTime)
    .option('--until <TIME>', 'up to then', parseTime)
    .option('--at <TIME>', 'print how the model stood then, in place of events (needs --model)', parseTime)
    .option('--limit <N>', 'how many events at most, the newest', parseCount, 50)
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', examples)
    .action(async (folder: string, options: EventsOptions) => {
      const { readEvents, readPast } = await import('./events/read-log'); // heavy, and not needed for what is refused above
      const { at, model, json } = options;
      if (at === undefined) {
        const events = await readEvents(folder, filterOf(options));
        process.stdout.write(json ? linesOf(events) : drawEvents(events));
        process.exitCode = events.length > 0 ? exitCodes.done : exitCodes.unanswered;
        return;
      }
      if (model === undefined) throw new UsageError('--at needs --model NAME.');
      const past = await readPast(folder, model, at);
      process.stdout.write(json ? linesOf([past]) : drawPast(past));
      process.exitCode = past.model ? exitCodes.done : exitCodes.unanswered;
    });
}

const filterOf = ({ model, version, since, until, limit }: EventsOptions) => ({
  limit,
  ...(model === undefined ? {} : { model }),
  ...(version === undefined ? {} : { version }),
  ...(since === undefined ? {} : { sinceMs: since }),
  ...(until === undefined ? {} : { untilMs: until }),
});

const linesOf = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

function drawEvents(events: readonly ModelEvent[]): string {
  const table = new Table({
    head: ['Time', 'Model', 'Version', 'Event', 'Cause', 'Details'],
    style: { head: [], border: [] },
  });
  for (const { atMs, model, version, kind, cause, params, error } of [...events].reverse()) {
    const details = Object.entries(params).map(([name, value]) => `${name}=${value}`);
    table.push([
      new Date(atMs).toISOString(),
      model,
      version ?? '',
      kind,
      cause,
      [...(error ? [error.code] : []), ...details].join(' '),
    ]);
  }
  return events.length === 0 ? 'No event fits.\n' : `${table.toString()}\n`;
}

function drawPast({ isCovered, model }: PastState): string {
  if (!isCovered) return 'The events that are kept do not reach back that far.\n';
  if (!model) return 'The model was not there then.\n';
  const table = new Table({ head: ['Version', 'State', 'Wanted', 'Error'], style: { head: [], border: [] } });
  for (const { version, lifecycle, isAspired, error } of model.versions)
    table.push([version, lifecycle, isAspired ? 'yes' : 'no', error?.code ?? '']);
  return `${table.toString()}\n`;
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds since the epoch. */
function parseTime(text: string): number {
  const ago = /^(\d{1,9})([smhd])$/.exec(text);
  const atMs = ago ? Date.now() - Number(ago[1]) * (units[ago[2] ?? ''] ?? 0) : Date.parse(text);
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError(
      'It is a date, such as 2026-05-12T14:05, or how long ago, such as 30m or 7d.',
    );
  return atMs;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1 to 999999.');
  return Number(text);
}
