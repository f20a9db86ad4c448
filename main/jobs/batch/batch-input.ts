import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { AppError } from '../../../app/base/errors';
import type { BatchInput } from './batch-params';

const pictureExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff']);
const pathColumns = ['path', 'picture', 'image', 'file', 'filename'];

export const isPictureName = (name: string): boolean => pictureExtensions.has(extname(name).toLowerCase());

/** Which kind of input a path is, by its name; a folder has to be known as one. */
export function inputKindOf(path: string, isFolder: boolean): BatchInput['kind'] {
  if (isFolder) return 'folder';
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return 'csv';
    case '.jsonl':
    case '.ndjson':
      return 'jsonl';
    default:
      return 'list';
  }
}

/** The pictures that the input names, as it names them, in its order; those of a folder by their names. Throws INVALID_ARGUMENT. */
export function picturesOf({ kind, path }: BatchInput): AsyncGenerator<string> {
  switch (kind) {
    case 'folder':
      return picturesIn(path, '');
    case 'list':
      return listed(path);
    case 'csv':
      return columnOf(path);
    case 'jsonl':
      return keyOf(path);
  }
}

/** Where a picture that the input names is. */
export const pictureFile = ({ kind, path }: BatchInput, name: string): string =>
  kind === 'folder' ? join(path, name) : resolve(dirname(path), name);

/** What a person reads in place of a picture's path: relative to the input where it lies below it, else its file name alone. */
export function pictureName(input: BatchInput, name: string): string {
  if (input.kind === 'folder') return name;
  const path = relative(dirname(input.path), pictureFile(input, name));
  return path.startsWith('..') || isAbsolute(path) ? basename(name) : path.split(sep).join('/');
}

/** One folder at a time is held in memory, however many there are. Links are not followed, so no circle is endless. */
async function* picturesIn(root: string, below: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* picturesIn(root, name);
    else if (isPictureName(entry.name)) yield name;
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const text = line.trim();
    if (text !== '') yield text;
  }
}

const listed = linesOf;

/** The column that is called `path` or the like, else the first of a file without a header. */
async function* columnOf(path: string): AsyncGenerator<string> {
  const rows = createReadStream(path).pipe(
    parse({ bom: true, relax_column_count: true, skip_empty_lines: true }),
  );
  let column: number | null = null;
  try {
    for await (const row of rows as AsyncIterable<string[]>) {
      if (column === null) {
        const header = row.map((cell) => cell.trim().toLowerCase());
        column = header.findIndex((cell) => pathColumns.includes(cell));
        if (column >= 0) continue;
        column = 0;
      }
      const cell = row[column]?.trim();
      if (cell) yield cell;
    }
  } catch (error) {
    throw badInput(error instanceof Error ? error.message : String(error));
  }
}

async function* keyOf(path: string): AsyncGenerator<string> {
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    const found = pathIn(parsed(line, number));
    if (found === undefined) throw badInput(`Line ${number} names no picture`);
    yield found;
  }
}

/** Does a JSONL file name pictures, by its first line? */
export async function namesPictures(path: string): Promise<boolean> {
  for await (const line of linesOf(path)) {
    try {
      return pathIn(JSON.parse(line)) !== undefined;
    } catch {
      return false; // whoever reads it says what is wrong
    }
  }
  return false;
}

function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw badInput(`Line ${number} is not JSON`);
  }
}

function pathIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, found] of Object.entries(value)) {
    if (pathColumns.includes(key.toLowerCase()) && typeof found === 'string') return found;
  }
  return undefined;
}

const badInput = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
