import { type Agreement, agreementKind, agreementOf } from './agreement';
import type { Cell, CellAnswer } from './cell';

/** One picture with what each version said, in the order of the columns. */
export interface ComparisonRow {
  readonly pictureId: string;
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly agreement: Agreement | null;
  /** How far the versions part: 0 alike; up to 1 the same answer with other confidence; from 1 to 2 different answers, surer ones higher. */
  readonly difference: number;
}

export function toRow(pictureId: string, name: string, cells: readonly Cell[]): ComparisonRow {
  const answers = cells.flatMap((cell) => (cell.kind === 'answered' ? [cell.answer] : []));
  return { pictureId, name, cells, agreement: agreementOf(answers), difference: differenceOf(answers) };
}

/** Mean over all pairs of versions. Weighted by confidence: two sure versions that disagree part further than two that guess. */
export function differenceOf(answers: readonly CellAnswer[]): number {
  let sum = 0;
  let pairs = 0;
  answers.forEach((one, at) => {
    for (const other of answers.slice(at + 1)) {
      sum += pairDifference(one, other);
      pairs += 1;
    }
  });
  return pairs === 0 ? 0 : sum / pairs;
}

function pairDifference(one: CellAnswer, other: CellAnswer): number {
  const [p, q] = [one.top[0]?.probability ?? 0, other.top[0]?.probability ?? 0];
  const isSame = one.topLabels.some((label) => other.topLabels.includes(label));
  return isSame ? Math.abs(p - q) : 1 + (p + q) / 2;
}

/** What the buttons above the table show: everything, any disagreement, or the pictures on which exactly so many versions agree. */
export type Filter =
  | { readonly kind: 'all' | 'allAgree' | 'disagree' | 'allDiffer' | 'unanswered' }
  | { readonly kind: 'someAgree'; readonly agree: number };

export const filterKey = (filter: Filter): string =>
  filter.kind === 'someAgree' ? `someAgree-${filter.agree}` : filter.kind;

export const showAll: Filter = { kind: 'all' };

export function matchesFilter(row: ComparisonRow, filter: Filter): boolean {
  if (filter.kind === 'all') return true;
  if (row.agreement === null) return filter.kind === 'unanswered';
  const kind = agreementKind(row.agreement);
  if (filter.kind === 'disagree') return kind !== 'allAgree';
  if (kind !== filter.kind) return false;
  return filter.kind !== 'someAgree' || filter.agree === row.agreement.agree;
}

/**
 * Every filter with its count: any disagreement and those between "all agree" and "all differ" exist from three versions on;
 * "unanswered" only when it holds something.
 */
export function filtersOf(
  rows: readonly ComparisonRow[],
  versions: number,
): readonly { readonly filter: Filter; readonly count: number }[] {
  const between: Filter[] = [];
  for (let agree = versions - 1; agree >= 2; agree -= 1) between.push({ kind: 'someAgree', agree });
  const any: Filter[] = versions > 2 ? [{ kind: 'disagree' }] : [];
  const filters: Filter[] = [showAll, { kind: 'allAgree' }, ...any, ...between, { kind: 'allDiffer' }];
  const counted = filters.map((filter) => ({
    filter,
    count: rows.filter((row) => matchesFilter(row, filter)).length,
  }));
  const unanswered = rows.filter(({ agreement }) => agreement === null).length;
  return unanswered === 0 ? counted : [...counted, { filter: { kind: 'unanswered' }, count: unanswered }];
}

export const sortOrders = ['mostDifferent', 'leastSure', 'added', 'name'] as const;
export type SortOrder = (typeof sortOrders)[number];

/** Stable: rows that are equal in this order stay as they were added. */
export function sortRows(rows: readonly ComparisonRow[], order: SortOrder): readonly ComparisonRow[] {
  if (order === 'added') return rows;
  const compare: Record<Exclude<SortOrder, 'added'>, (a: ComparisonRow, b: ComparisonRow) => number> = {
    mostDifferent: (a, b) => b.difference - a.difference,
    leastSure: (a, b) => leastSure(a) - leastSure(b),
    name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  };
  return [...rows].sort(compare[order]);
}

/** The lowest confidence of any version; rows without an answer come last. */
function leastSure({ cells }: ComparisonRow): number {
  return Math.min(
    ...cells.map((cell) =>
      cell.kind === 'answered' ? (cell.answer.top[0]?.probability ?? 0) : Number.POSITIVE_INFINITY,
    ),
  );
}
