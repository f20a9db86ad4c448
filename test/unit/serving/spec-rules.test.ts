import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const spec = readFileSync(join(root, 'main/serving/SPEC.md'), 'utf8');

/** `- **H1** same: …` */
const rules = [...spec.matchAll(/^- \*\*([A-Z]+\d+)\*\* (same|different): (\S.*)$/gm)].map(
  ([, id]) => id ?? '',
);

/** Rules that titles name: at their start, or in brackets. */
function citedIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(join(root, folder, file), 'utf8').matchAll(
        /(?:\[|['"`])([A-Z]{1,3}\d+)(?=\]|:| \(T\d{3}| \[)/g,
      ),
    ])
    .map(([, id]) => id ?? '')
    .filter((id) => !/^[TD]\d+$/.test(id));
}

const cited = new Set(
  [
    'test/conformance',
    ...['serving', 'sources', 'config', 'engine'].map((area) => `test/unit/${area}`),
  ].flatMap(citedIn),
);

test('every line that looks like a rule is one, and no number is used twice', () => {
  const looksLikeRule = spec.match(/^- \*\*/gm) ?? [];
  expect(rules).toHaveLength(looksLikeRule.length);
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.length).toBeGreaterThan(100);
});

test('every rule is cited by the title of a test', () => {
  expect(rules.filter((id) => !cited.has(id))).toEqual([]);
});

test('no title cites a rule of the serving core that does not exist', () => {
  const prefixes = new Set(rules.map((id) => id.replace(/\d+/, '')));
  const own = [...cited].filter((id) => prefixes.has(id.replace(/\d+/, '')));
  expect(own.filter((id) => !rules.includes(id))).toEqual([]);
});
