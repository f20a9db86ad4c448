import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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

/** What the test files of this folder cover, by reading their titles. */
export function coverage(): readonly Case[] {
  const filesOf = new Map<string, string[]>();
  for (const file of readdirSync(folder)
    .filter((it) => it.endsWith('.test.ts'))
    .sort()) {
    const titles = readFileSync(`${folder}${file}`, 'utf8').matchAll(/['"`](T\d{3}\b[^'"`]*)/g);
    for (const id of new Set([...titles].flatMap(([, title]) => idsOfTitle(title ?? '')))) {
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
