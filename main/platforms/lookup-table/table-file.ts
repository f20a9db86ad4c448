import type { TableFormat } from './table-format';

export interface TableFile {
  readonly name: string;
  readonly format: TableFormat;
}

const formats: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  txt: 'word2vec',
  vec: 'word2vec',
  npy: 'npy',
};
/** Names that say what the file is, whatever lies beside it. */
const tableName = /^(table|lookup|hashmap|values|embeddings?|vectors|word2vec|glove[^/]*)\.([a-z0-9]+)$/i;
/** Endings that hold tables often enough to be taken for one when there is nothing else. */
const loneFile = /^[^/]+\.(csv|tsv|jsonl|ndjson|vec|npy)$/i;
/** What may lie beside a lone table without being one. */
const companion =
  /(^|\/)\.|^(readme|license|licence)(\.[a-z]+)?$|^slipway\.json$|(^|[._-])(vocab(ulary)?|keys|words|tokens)\.(txt|json)$/i;
/** Names of classes belong to another model. */
const labels = /^(labels?|classes|class_names|names)\.csv$/i;

/** The table among the files of a version; undefined when there is none, or several that could be meant. */
export function findTable(files: readonly string[]): TableFile | undefined {
  const named = files.filter((name) => tableName.test(name) && formatOf(name) !== undefined);
  const others = files.filter((name) => !companion.test(name));
  const [lone] = others;
  const [only] =
    named.length === 0 &&
    lone !== undefined &&
    others.length === 1 &&
    loneFile.test(lone) &&
    !labels.test(lone)
      ? [lone]
      : named;
  if (only === undefined || named.length > 1) return undefined;
  const format = formatOf(only);
  return format && { name: only, format };
}

function formatOf(name: string): TableFormat | undefined {
  if (/^hashmap\.csv$/i.test(name)) return 'hashmap';
  return formats[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}

/** The file among these that names the rows of a `.npy` file, one key a line or as a list in JSON. */
export function findVocabulary(files: readonly string[], table: string): string | undefined {
  const stem = table.replace(/\.npy$/i, '').toLowerCase();
  const usual = ['vocab', 'vocabulary', 'keys', 'words', 'tokens'];
  const wanted = [
    ...usual.flatMap((name) => [`${stem}.${name}`, `${stem}_${name}`, `${stem}-${name}`]),
    ...usual,
  ];
  const byName = new Map(files.map((name) => [name.toLowerCase(), name]));
  for (const name of wanted) {
    const found = byName.get(`${name}.txt`) ?? byName.get(`${name}.json`);
    if (found !== undefined) return found;
  }
  return undefined;
}
