import { type CsvError, parse } from 'csv-parse/sync';
import type { LookupTable } from './table';
import { isNumber, TableBuilder } from './table-builder';
import { badFile, badRow, messageOf } from './table-errors';

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** `key,value,…` on each line, with or without a line of headings. Throws TABLE_ROW_INVALID, TABLE_FILE_INVALID, TABLE_EMPTY. */
export function readDelimited(file: string, text: string, delimiter: ',' | '\t'): LookupTable {
  const builder = new TableBuilder(file);
  let first: Row | undefined;
  let isSecond = false;
  for (const row of parseRows(file, text, delimiter)) {
    if (!first) {
      first = row; // whether it is a heading shows in the next one
      isSecond = true;
      continue;
    }
    if (isSecond && !isHeading(first, row)) builder.add(...rowOf(first));
    isSecond = false;
    builder.add(...rowOf(row));
  }
  if (first && isSecond && !isHeading(first, undefined)) builder.add(...rowOf(first));
  return builder.build();
}

/**
 * Exactly `key,value` on each line, both texts. Throws as `readDelimited` does.
 * Source: TensorFlow Serving, servables/hashmap/hashmap_source_adapter.cc, `SIMPLE_CSV`.
 */
export function readHashmap(file: string, text: string): LookupTable {
  const builder = new TableBuilder(file, true);
  for (const row of parseRows(file, text, ',')) {
    const { length } = row.record;
    const place = `line ${row.info.lines}`;
    if (length !== 2) throw badRow(file, place, `${length} columns where there are a key and a value`);
    builder.add(...rowOf(row));
  }
  return builder.build();
}

function parseRows(file: string, text: string, delimiter: string): Iterable<Row> {
  // Without quotes a line is a row, and large tables are read several times as fast.
  if (delimiter === '\t' || !text.includes('"')) return splitRows(text, delimiter);
  try {
    return parse(text, {
      delimiter,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly Row[];
  } catch (thrown) {
    const { lines } = thrown as Partial<Pick<CsvError, 'message'>> & { readonly lines?: number };
    throw lines === undefined
      ? badFile(file, messageOf(thrown), thrown)
      : badRow(file, `line ${lines}`, messageOf(thrown));
  }
}

function* splitRows(text: string, delimiter: string): Generator<Row> {
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const own = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (own !== '') yield { record: own.split(delimiter), info: { lines: index + 1 } };
  }
}

const rowOf = ({ record, info }: Row): [key: string, values: readonly string[], place: string] => {
  const [key = '', ...values] = record;
  return [key, values, `line ${info.lines}`];
};

const keyHeading = /^(key|id|word|token|name|term|index)s?$/i;

/** Headings are no numbers over numbers, or say that the first column holds keys. */
function isHeading({ record }: Row, next: Row | undefined): boolean {
  const [key = '', ...values] = record;
  if (values.some(isNumber)) return false;
  return keyHeading.test(key) || (next?.record.slice(1).every(isNumber) ?? false);
}

/** `key number number …` on each line, after a line with the two sizes or without one, as GloVe has it. Throws as `readDelimited` does. */
export function readWord2vec(file: string, text: string): LookupTable {
  const builder = new TableBuilder(file);
  const lines = text.split('\n');
  const head = /^(\d+) (\d+)\s*$/.exec(lines[0] ?? '');
  const dimension = head ? Number(head[2]) : undefined;
  let rows = 0;
  for (const [index, line] of lines.entries()) {
    if ((head && index === 0) || line.trim() === '') continue;
    const place = `line ${index + 1}`;
    const parts = line.trimEnd().split(' ');
    // A key may hold blanks; how many numbers follow it is known from the first line only.
    const keyParts = dimension === undefined ? 1 : Math.max(1, parts.length - dimension);
    const values = parts.slice(keyParts);
    if (dimension !== undefined && values.length !== dimension)
      throw badRow(file, place, `${values.length} numbers where the first line promises ${dimension}`);
    builder.add(parts.slice(0, keyParts).join(' '), values, place);
    rows++;
  }
  if (head && rows !== Number(head[1]))
    throw badFile(file, `its first line promises ${head[1]} rows, and ${rows} follow`);
  return builder.build();
}
