import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { type Deviation, deviations } from '../conformance/deviations';

const folder = fileURLToPath(new URL('../conformance/', import.meta.url));

/** Every case of the specification's table. */
export const caseIds: readonly string[] = Array.from(
  { length: 238 },
  (_, index) => `T${String(index + 1).padStart(3, '0')}`,
);

export type CaseStatus = 'passes' | Deviation['kind'] | 'missing';

export interface Case {
  readonly id: string;
  readonly status: CaseStatus;
  readonly reason: string;
  /** Test files that name it. */
  readonly files: readonly string[];
}

/** The ids that a test's title starts with: `T001`, or `T188, T189`. */
export const idsOfTitle = (title: string): string[] =>
  /^T\d{3}(?:(?:, | and )T\d{3})*/.exec(title)?.[0].match(/T\d{3}/g) ?? [];

interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Modifiers of tests that are not run, not always run, or run in order to fail. */
const unproved = new Set(['skip', 'todo', 'fails', 'skipIf', 'runIf']);

/** `['describe', 'skip']` of `describe.skip`, `['test', 'each']` of `test.each(rows)`. */
function calleeOf(node: unknown): string[] {
  if (!isNode(node)) return [];
  if (node.type === 'Identifier') return [String(node['name'])];
  if (node.type === 'CallExpression') return calleeOf(node['callee']);
  if (node.type !== 'MemberExpression') return [];
  return [...calleeOf(node['object']), ...calleeOf(node['property'])];
}

function textOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node['quasis'])) return null;
  const [first] = node['quasis'] as { readonly value: { readonly cooked: string } }[];
  return first?.value.cooked ?? null;
}

/** What the rows of `test.each(rows)` begin with, where these are written out, there or as a constant of the file. */
function firstCells(callee: unknown, constants: ReadonlyMap<string, unknown>): string[] {
  if (!isNode(callee) || callee.type !== 'CallExpression') return [];
  const [given] = callee['arguments'] as readonly unknown[];
  const rows = isNode(given) && given.type === 'Identifier' ? constants.get(String(given['name'])) : given;
  if (!isNode(rows) || !Array.isArray(rows['elements'])) return [];
  return rows['elements'].flatMap((row: unknown) => {
    const cells = isNode(row) && Array.isArray(row['elements']) ? row['elements'] : [row];
    return textOf(cells[0]) ?? [];
  });
}

/** Titles of the tests in a text that prove something whenever they are run: none that may be skipped, alone or with all around it. */
export function titlesOfTests(source: string): string[] {
  const titles: string[] = [];
  const constants = new Map<string, unknown>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const it of value) visit(it);
    if (!isNode(value)) return;
    const [kind = '', ...modifiers] = value.type === 'CallExpression' ? calleeOf(value['callee']) : [];
    if (['describe', 'test', 'it'].includes(kind) && modifiers.some((it) => unproved.has(it))) return;
    if (kind === 'test' || kind === 'it') {
      const title = textOf((value['arguments'] as readonly unknown[])[0]);
      if (title?.startsWith('%s'))
        titles.push(...firstCells(value['callee'], constants).map((cell) => cell + title.slice(2)));
      else if (title != null) titles.push(title);
    }
    if (value.type === 'VariableDeclarator' && isNode(value['id']))
      constants.set(String(value['id']['name']), value['init']);
    for (const child of Object.values(value)) visit(child);
  };
  visit(parseAst(source, { lang: 'ts' }));
  return titles;
}

/** What the test files of this folder cover, by reading the titles of their tests. */
export function coverage(): readonly Case[] {
  const filesOf = new Map<string, string[]>();
  for (const file of readdirSync(folder)
    .filter((it) => it.endsWith('.test.ts'))
    .sort()) {
    const titles = titlesOfTests(readFileSync(`${folder}${file}`, 'utf8'));
    for (const id of new Set(titles.flatMap(idsOfTitle))) {
      filesOf.set(id, [...(filesOf.get(id) ?? []), file]);
    }
  }
  return caseIds.map((id) => {
    const files = filesOf.get(id) ?? [];
    const deviation = deviations[id];
    const isTested = files.length > 0 && deviation?.kind !== 'differs';
    if (isTested) return { id, status: 'passes', reason: '', files };
    return { id, status: deviation?.kind ?? 'missing', reason: deviation?.reason ?? '', files };
  });
}
