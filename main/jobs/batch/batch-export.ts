import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { BatchAnswer } from '../../runner/protocol';
import type { BatchResults } from './batch-results';

export const batchFormats = ['csv', 'jsonl', 'parquet'] as const;
export type BatchFormat = (typeof batchFormats)[number];

/** The format that a file's name asks for; null when it asks for none. */
export function formatOf(path: string): BatchFormat | null {
  const extension = extname(path).slice(1).toLowerCase();
  if (extension === 'ndjson') return 'jsonl';
  return batchFormats.find((it) => it === extension) ?? null;
}

export interface BatchExport {
  readonly results: BatchResults;
  readonly job: string;
  readonly model: string;
  /** How many classes a row has. */
  readonly top: number;
  readonly format: BatchFormat;
  readonly path: string;
}

interface Row extends BatchAnswer {
  readonly picture: string;
  readonly model: string;
  readonly modelHash: string | null;
  readonly settings: string | null;
}

/** Writes one row for each picture and version, in the order of the input. The file appears when it is whole. */
export async function exportBatch(request: BatchExport): Promise<void> {
  const temporary = `${request.path}.tmp`;
  try {
    await writers[request.format](request, temporary);
    await rename(temporary, request.path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

type Write = (request: BatchExport, path: string) => Promise<void>;

const writeCsv: Write = async (request, path) => {
  const columns = columnsOf(request.top).map(({ name }) => name);
  const text = stringify({ header: true, columns });
  await pipeline(Readable.from(flatRows(request)), text, createWriteStream(path));
};

const writeJsonl: Write = async (request, path) => {
  const lines = async function* (): AsyncGenerator<string> {
    for await (const { settings, ...row } of rows(request)) {
      yield `${JSON.stringify({ ...row, settings: settings === null ? null : JSON.parse(settings) })}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
};

const writeParquet: Write = async (request, path) => {
  const { fileWriter, parquetWriteRows } = await import('hyparquet-writer');
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: flatRows(request),
    columns: columnsOf(request.top),
    rowGroupSize: 2_000, // so much is held in memory
  });
};

const writers: Readonly<Record<BatchFormat, Write>> = {
  csv: writeCsv,
  jsonl: writeJsonl,
  parquet: writeParquet,
};

interface Column {
  readonly name: string;
  readonly type: 'STRING' | 'INT64' | 'DOUBLE';
}

const columnsOf = (top: number): Column[] => [
  { name: 'picture', type: 'STRING' },
  { name: 'model', type: 'STRING' },
  { name: 'version', type: 'INT64' },
  ...Array.from({ length: top }, (_, rank): Column[] => [
    { name: `class_${rank + 1}`, type: 'STRING' },
    { name: `probability_${rank + 1}`, type: 'DOUBLE' },
  ]).flat(),
  { name: 'error', type: 'STRING' },
  { name: 'error_detail', type: 'STRING' },
  { name: 'model_hash', type: 'STRING' },
  { name: 'settings', type: 'STRING' },
];

async function* rows({ results, job, model }: BatchExport): AsyncGenerator<Row> {
  const versions = new Map((await results.versions(job))?.map((it) => [it.version, it]));
  for await (const { picture, answers } of results.answered(job)) {
    for (const { version, classes, error } of answers) {
      const { hash = null, settings = null } = versions.get(version) ?? {};
      yield { picture, model, version, classes, error, modelHash: hash, settings };
    }
  }
}

async function* flatRows(
  request: BatchExport,
): AsyncGenerator<Record<string, string | number | bigint | null>> {
  for await (const row of rows(request)) {
    const flat: Record<string, string | number | bigint | null> = {
      picture: row.picture,
      model: row.model,
      version: BigInt(row.version),
      error: row.error?.code ?? null,
      error_detail: row.error?.detail ?? null,
      model_hash: row.modelHash,
      settings: row.settings,
    };
    for (let rank = 0; rank < request.top; rank++) {
      const found = row.classes[rank];
      flat[`class_${rank + 1}`] = found ? (found.label ?? String(found.index)) : null;
      flat[`probability_${rank + 1}`] = found?.probability ?? null;
    }
    yield flat;
  }
}
