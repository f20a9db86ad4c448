/** Names of the classes by index; a hole is an empty string. */
export type Labels = readonly string[];

const maxLabels = 200_000;

/**
 * Reads a list of class names in any of the forms found in the wild: a name a line (commas belong to the name), with a WordNet id
 * or an index before it, JSON lists and objects, the text of a Python dict or list. Undefined when it is none of them.
 */
export function parseLabels(text: string): Labels | undefined {
  const clean = text.replace(/^\uFEFF/, '').trim();
  if (clean === '') return undefined;
  if (clean.startsWith('{') || clean.startsWith('[')) return parseJson(clean) ?? parsePython(clean);
  return parseLines(clean);
}

function parseJson(text: string): Labels | undefined {
  try {
    return labelsFrom(JSON.parse(text));
  } catch {
    return undefined; // perhaps a Python literal
  }
}

/** Keys under which tools keep the list inside a larger object. */
const listKeys = ['labels', 'id2label', 'class_names', 'classes', 'names', 'label_names'] as const;

/** Class names in parsed JSON: a list, `{"0": "name"}`, `{"0": ["n01440764", "tench"]}`, `{"name": 0}`, or one of these under a usual key. */
export function labelsFrom(value: unknown): Labels | undefined {
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    return names.length > 0 && names.every((name) => name !== undefined) ? (names as string[]) : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([key, name]) => isIndex(key) && nameOf(name) !== undefined)) {
    return byIndex(entries.map(([key, name]) => [Number(key), nameOf(name) ?? '']));
  }
  if (entries.length > 0 && entries.every(([, index]) => isIndex(index))) {
    return byIndex(entries.map(([name, index]) => [Number(index), name]));
  }
  for (const key of listKeys) {
    const inner: unknown = (value as Record<string, unknown>)[key];
    if (inner !== undefined) return labelsFrom(inner);
  }
  return undefined;
}

/** A name, or the last of a row such as `["n01440764", "tench"]`, or the `name` of an object. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return nameOf(value.at(-1));
  if (typeof value === 'object' && value !== null) {
    const { name, label } = value as { name?: unknown; label?: unknown };
    return typeof name === 'string' ? name : typeof label === 'string' ? label : undefined;
  }
  return undefined;
}

const isIndex = (value: unknown): boolean =>
  (typeof value === 'string' && /^\d{1,6}$/.test(value)) ||
  (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < maxLabels);

const quoted = String.raw`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`;

/** The text of a Python dict `{0: 'tench, Tinca tinca'}` or list `['tench']`, as Ultralytics and many scripts write it. */
function parsePython(text: string): Labels | undefined {
  const isDict = text.startsWith('{');
  const item = new RegExp(
    isDict
      ? String.raw`\s*['"]?(\d{1,6})['"]?\s*:\s*(?:${quoted})\s*(?:,|$)`
      : String.raw`()\s*(?:${quoted})\s*(?:,|$)`,
    'gy',
  );
  const body = text
    .slice(1)
    .replace(/[}\]]\s*;?\s*$/, '')
    .trimEnd();
  const found: [number, string][] = [];
  while (item.lastIndex < body.length) {
    const match = item.exec(body);
    if (!match || found.length >= maxLabels) return undefined;
    const name = (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1');
    found.push([isDict ? Number(match[1]) : found.length, name]);
  }
  return found.length > 0 ? byIndex(found) : undefined;
}

const csvHeader = /^(?:index|idx|id|class|class_?id|label_?id|no)\s*[,;\t]/i;

function parseLines(text: string): Labels | undefined {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  if (lines.length > maxLabels || lines.some((line) => line.length > 2_000 || line.includes('\0')))
    return undefined;
  const filled = lines.filter((line) => line !== '');
  const [first = ''] = filled;
  return numbered(csvHeader.test(first) ? filled.slice(1) : filled) ?? withoutWordNetIds(lines);
}

/** `0,tench, Tinca tinca`, `0 tench`, `0: tench`: only when the numbers count up from 0 or 1 without a gap. */
function numbered(lines: readonly string[]): Labels | undefined {
  if (lines.length === 0) return undefined;
  const entries: [number, string][] = [];
  for (const line of lines) {
    const match = /^(\d{1,6})(?:\s*[,;:\t]\s*|\s+)(\S.*)$/.exec(line);
    if (!match) return undefined;
    entries.push([Number(match[1]), unquote(match[2] ?? '')]);
  }
  entries.sort(([a], [b]) => a - b);
  const start = entries[0]?.[0] ?? 0;
  const counts = (start === 0 || start === 1) && entries.every(([index], at) => index === at + start);
  return counts ? entries.map(([, name]) => name) : undefined;
}

function withoutWordNetIds(lines: readonly string[]): Labels {
  const pattern = /^n\d{8}[\s,]+/;
  const isWordNet = lines.every((line) => line === '' || pattern.test(line));
  return isWordNet ? lines.map((line) => line.replace(pattern, '')) : lines;
}

const unquote = (name: string): string => /^"(.*)"$/.exec(name)?.[1] ?? name;

function byIndex(entries: readonly (readonly [number, string])[]): Labels | undefined {
  const length = Math.max(...entries.map(([index]) => index)) + 1;
  if (length > maxLabels || length > entries.length * 4 + 16) return undefined; // numbers that are no class indices
  const labels = new Array<string>(length).fill('');
  for (const [index, name] of entries) labels[index] = name;
  return labels;
}
