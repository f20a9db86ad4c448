import { z } from 'zod';
import type { LookupTable } from './table';
import { TableBuilder } from './table-builder';
import { badFile, badRow, messageOf } from './table-errors';

const valueSchema = z.union([z.number(), z.string(), z.boolean()]);
const valuesSchema = z.union([valueSchema.transform((value) => [value]), z.array(valueSchema)]);
const keySchema = z.union([z.string(), z.number()]).transform(String);
/** `{ "key": …, "values": … }` under any of the usual names, or `[key, value, …]`. */
const entrySchema = z.union([
  z.looseObject({}).transform((entry, context) => {
    const pick = (names: readonly string[]): unknown =>
      names.map((name) => entry[name]).find((it) => it !== undefined);
    const key = keySchema.safeParse(pick(['key', 'id', 'word', 'token', 'name']));
    const values = valuesSchema.safeParse(pick(['values', 'value', 'vector', 'embedding']));
    if (key.success && values.success) return { key: key.data, values: values.data };
    context.addIssue({ code: 'custom', message: 'it needs a key and values' });
    return z.NEVER;
  }),
  z.tuple([keySchema], valueSchema).transform(([key, ...values]) => ({ key, values })),
]);

/** An object of values by key, or a list of entries. Throws TABLE_ROW_INVALID, TABLE_FILE_INVALID, TABLE_EMPTY. */
export function readJson(file: string, text: string): LookupTable {
  const builder = new TableBuilder(file);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    throw badFile(file, `it is not JSON (${messageOf(thrown)})`, thrown);
  }
  if (Array.isArray(document)) {
    for (const [index, entry] of document.entries()) addEntry(builder, file, entry, `entry ${index + 1}`);
  } else if (typeof document === 'object' && document !== null) {
    for (const [index, [key, raw]] of Object.entries(document).entries()) {
      const values = valuesSchema.safeParse(raw);
      const place = `entry ${index + 1}`;
      if (!values.success) throw badRow(file, place, `“${key}” has no value that a table can hold`);
      builder.add(key, values.data.map(String), place);
    }
  } else throw badFile(file, 'it holds neither an object of values by key nor a list of entries');
  return builder.build();
}

/** One entry in JSON on each line. Throws as `readJson` does. */
export function readJsonLines(file: string, text: string): LookupTable {
  const builder = new TableBuilder(file);
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = `line ${index + 1}`;
    let entry: unknown;
    try {
      entry = JSON.parse(line);
    } catch (thrown) {
      throw badRow(file, place, `it is not JSON (${messageOf(thrown)})`);
    }
    addEntry(builder, file, entry, place);
  }
  return builder.build();
}

function addEntry(builder: TableBuilder, file: string, raw: unknown, place: string): void {
  const entry = entrySchema.safeParse(raw);
  if (!entry.success) throw badRow(file, place, 'it needs a key and values');
  builder.add(entry.data.key, entry.data.values.map(String), place);
}
