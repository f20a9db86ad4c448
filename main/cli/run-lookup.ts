import Table from 'cli-table3';
import pLimit from 'p-limit';
import type { Neighbours } from '../../app/contract/tables';
import { SlipwayClient, type SlipwayClientOptions } from '../client/slipway-client';
import { tableRowsOf } from '../engine/table-rows';
import { exitCodes } from './exit-codes';
import type { Lifetime } from './lifetime';
import type { NamedVersion } from './named-version';
import { openModel } from './open-model';
import { remoteError } from './remote-error';

export type LookupSource =
  | {
      readonly kind: 'folder';
      readonly basePath: string;
      readonly version: number | undefined;
      readonly runnerPath: string;
    }
  | {
      readonly kind: 'server';
      readonly server: SlipwayClientOptions;
      readonly model: string;
      readonly asked: NamedVersion | undefined;
    };

export interface LookupRun {
  readonly source: LookupSource;
  readonly keys: readonly string[];
  /** How many neighbours each key gets; 0 for none. */
  readonly nearest: number;
  readonly isJson: boolean;
}

interface FoundRow {
  readonly key: string;
  readonly values: readonly (number | string | boolean | null)[];
  readonly neighbours?: Neighbours;
}

/** A table that can be asked, wherever it is. */
interface AskedTable {
  readonly model: string;
  lookup(keys: readonly string[]): Promise<{
    readonly version: number;
    readonly rows: readonly FoundRow[];
    readonly missing: readonly string[];
  }>;
  nearest(key: string): Promise<Neighbours>;
}

const callsAtOnce = 8;
const firstValues = 4;

/** Looks keys up and prints what the table has. Resolves to the exit code; throws `UsageError`, and `AppError` for what is no table. */
export async function runLookup(
  { source, keys, nearest, isJson }: LookupRun,
  lifetime: Lifetime,
): Promise<number> {
  const table =
    source.kind === 'folder'
      ? await localTable(source, nearest, lifetime)
      : remoteTable(source, nearest, lifetime.signal);
  const { rows: found, missing, version } = await table.lookup(keys);
  const atOnce = pLimit(callsAtOnce);
  const rows: readonly FoundRow[] =
    nearest === 0
      ? found
      : await Promise.all(
          found.map((row) => atOnce(async () => ({ ...row, neighbours: await table.nearest(row.key) }))),
        );
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ model: table.model, version, rows, missing }, null, 2)}\n`);
  } else {
    if (rows.length > 0) process.stdout.write(`${draw(rows, nearest > 0)}\n`);
    if (missing.length > 0) process.stderr.write(`Not in the table: ${missing.join(', ')}\n`);
  }
  return missing.length === 0 ? exitCodes.done : exitCodes.unanswered;
}

async function localTable(
  { basePath, version: wanted, runnerPath }: Extract<LookupSource, { kind: 'folder' }>,
  count: number,
  lifetime: Lifetime,
): Promise<AskedTable> {
  const { engine, name: model, version } = await openModel(basePath, wanted, lifetime, runnerPath);
  const of = { model, version: { version } };
  const { signal } = lifetime;
  return {
    model,
    lookup: async (keys) => ({
      ...tableRowsOf(await engine.inference.lookup({ ...of, keys }, signal)),
      version,
    }),
    nearest: async (key) => [...(await engine.inference.nearest({ ...of, to: key, count }, signal))],
  };
}

function remoteTable(
  { server, model, asked: named }: Extract<LookupSource, { kind: 'server' }>,
  count: number,
  signal: AbortSignal,
): AskedTable {
  const client = new SlipwayClient(server);
  const asked = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (thrown) {
      throw remoteError(thrown, server.url);
    }
  };
  return {
    model,
    lookup: async (keys) => {
      const answer = await asked(client.lookup(model, keys, { ...named, signal }));
      const rows = answer.found.map((key, at) => ({ key, values: answer.values[at] ?? [] }));
      return { rows, missing: answer.missing, version: answer.version };
    },
    nearest: async (key) => (await asked(client.nearest(model, key, { ...named, signal, count }))).neighbours,
  };
}

function draw(rows: readonly FoundRow[], hasNeighbours: boolean): string {
  const table = new Table({
    head: ['Key', 'Values', ...(hasNeighbours ? ['Nearest', 'Cosine'] : [])],
    colAligns: ['left', 'left', 'left', 'right'],
    style: { head: [], border: [] },
  });
  for (const { key, values, neighbours = [] } of rows) {
    const more = values.length - firstValues;
    const shown = values.slice(0, firstValues).map((it) => (typeof it === 'number' ? short(it) : String(it)));
    table.push([
      key,
      `${shown.join('  ')}${more > 0 ? `  … (${values.length})` : ''}`,
      ...(hasNeighbours
        ? [
            neighbours.map((it) => it.key).join('\n'),
            neighbours.map(({ similarity }) => similarity.toFixed(3)).join('\n'),
          ]
        : []),
    ]);
  }
  return table.toString();
}

const short = (value: number): string => String(Number(value.toPrecision(6)));
