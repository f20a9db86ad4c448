import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../../app/base/errors';
import { isLfsPointer, lfsPointer } from '../../../runner/lfs-pointer';
import type { CallContext } from '../../../runner/runner-module';
import { findTable, findVocabulary, type TableFile } from '../table-file';
import { readJson, readJsonLines } from './read-json-table';
import { readNpy, readVocabulary } from './read-npy-table';
import { readDelimited, readHashmap, readWord2vec } from './read-text-table';
import type { LookupTable } from './table';
import { badFile } from './table-errors';

/** V8 holds no longer text. */
const mostTextBytes = 500_000_000;
/** Taking a text apart takes about as long as reading it from a slow disk. */
const passesOver = 2;

/** Reads the table of a version's folder. Throws MODEL_FILE_MISSING, MODEL_FILE_IS_LFS_POINTER and the codes that begin with TABLE. */
export async function readTable(
  folder: string,
  enter: CallContext['enter'],
): Promise<{ readonly table: LookupTable; readonly file: TableFile }> {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map(({ name }) => name);
  const file = findTable(files);
  if (!file) throw new AppError('MODEL_FILE_MISSING', {}, { detail: 'The folder holds no table' });
  await enter('reading', statSync(join(folder, file.name)).size * passesOver);
  if (file.format !== 'npy') return { file, table: readText(folder, file) };
  const vocabulary = findVocabulary(files, file.name);
  if (vocabulary === undefined) {
    throw new AppError(
      'TABLE_VOCABULARY_MISSING',
      { file: file.name },
      { detail: `No vocabulary beside ${file.name}` },
    );
  }
  const keys = readVocabulary(vocabulary, textOf(folder, vocabulary));
  const bytes = readFileSync(join(folder, file.name));
  if (isLfsPointer(bytes)) throw lfsPointer(file.name);
  return { file, table: await readNpy(file.name, bytes, keys) };
}

function readText(folder: string, { name, format }: TableFile): LookupTable {
  const text = textOf(folder, name);
  switch (format) {
    case 'csv':
      return readDelimited(name, text, ',');
    case 'tsv':
      return readDelimited(name, text, '\t');
    case 'hashmap':
      return readHashmap(name, text);
    case 'json':
      return readJson(name, text);
    case 'jsonl':
      return readJsonLines(name, text);
    case 'word2vec':
      return readWord2vec(name, text);
    case 'npy':
      throw new Error('A NumPy file is no text');
  }
}

function textOf(folder: string, name: string): string {
  const path = join(folder, name);
  const { size } = statSync(path);
  if (size > mostTextBytes) throw badFile(name, 'it is larger than 500 MB of text: save it as .npy');
  const text = readFileSync(path, 'utf8');
  if (isLfsPointer(text)) throw lfsPointer(name);
  if (text.includes('\0')) throw badFile(name, 'it is no text');
  return text;
}
