import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { picturesOf } from '../jobs/batch/batch-input';
import { UsageError } from './usage-error';

/** A picture file, and the name or number of the class that it shows. */
export interface LabelledFile {
  readonly path: string;
  readonly label: string;
}

const pathColumns = ['path', 'picture', 'image', 'file', 'filename'];
const labelColumns = ['label', 'class', 'class_name', 'category', 'target'];
/** All of them are held in memory, and more than some hundred decide nothing. */
const mostPictures = 2_000;

/** Reads which pictures there are and what they show. Throws `UsageError` for what names none. */
export async function labelledPictures(path: string): Promise<readonly LabelledFile[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UsageError(`There is no file or folder ${path}`);
  const files: LabelledFile[] = [];
  for await (const file of found.isDirectory() ? inFolders(path) : inFile(path)) {
    if (files.length >= mostPictures)
      throw new UsageError(`Not more than ${mostPictures} pictures: some ten are plenty`);
    files.push(file);
  }
  if (files.length === 0)
    throw new UsageError(
      `${basename(path)} names no labelled pictures. Give a folder with a folder for each class, or a CSV file with path and label.`,
    );
  return files;
}

/** `cat/1.jpg` shows a cat. What lies beside the folders of the classes has no label, and is left out. */
async function* inFolders(root: string): AsyncGenerator<LabelledFile> {
  for await (const name of picturesOf({ kind: 'folder', path: root })) {
    const [label = '', ...below] = name.split('/');
    if (below.length > 0) yield { path: join(root, name), label };
  }
}

async function* inFile(path: string): AsyncGenerator<LabelledFile> {
  const isJson = ['.jsonl', '.ndjson'].includes(extname(path).toLowerCase());
  for await (const [file, label] of isJson ? jsonRows(path) : tableRows(path))
    yield { path: resolve(dirname(path), file), label };
}

type Row = readonly [file: string, label: string];

async function* tableRows(path: string): AsyncGenerator<Row> {
  const rows = createReadStream(path).pipe(
    parse({
      bom: true,
      delimiter: extname(path).toLowerCase() === '.csv' ? ',' : '\t',
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  let columns: { readonly path: number; readonly label: number } | undefined;
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      if (!columns) {
        const header = cells.map((cell) => cell.toLowerCase());
        const named = {
          path: header.findIndex((cell) => pathColumns.includes(cell)),
          label: header.findIndex((cell) => labelColumns.includes(cell)),
        };
        const hasHeader = named.path >= 0 && named.label >= 0;
        columns = hasHeader ? named : { path: 0, label: 1 };
        if (hasHeader) continue;
      }
      const file = cells[columns.path];
      const label = cells[columns.label];
      if (file && label) yield [file, label];
    }
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new UsageError(`${basename(path)} cannot be read: ${reason}`);
  }
}

async function* jsonRows(path: string): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    if (line.trim() === '') continue;
    const row = rowOf(line);
    if (!row) throw new UsageError(`Line ${number} of ${basename(path)} is no {"path": …, "label": …}`);
    yield row;
  }
}

function rowOf(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value).map(([key, part]) => [key.toLowerCase(), part as unknown] as const);
    const textOf = (names: readonly string[]): string | undefined => {
      const found = entries.find(([key]) => names.includes(key))?.[1];
      return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
    };
    const file = textOf(pathColumns);
    const label = textOf(labelColumns);
    return file !== undefined && label !== undefined ? [file, label] : undefined;
  } catch {
    return undefined;
  }
}
