import Table from 'cli-table3';

/** One measured number. Source of its shape: issue A, "Figures in `npm run bench`". */
export interface Figure {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  /** What we aim at, such as `< 2000`; empty when the figure is for information. */
  readonly goal: string;
  /** What the bare alternative (raw onnxruntime, a plain server…) reached in the same run. */
  readonly limit: number | null;
  /** `value / limit`. */
  readonly ratio: number | null;
  readonly note: string;
}

export interface FigureOptions {
  readonly goal?: string;
  readonly limit?: number;
  readonly note?: string;
}

const round = (value: number): number => Number(value.toPrecision(4));

export function figure(name: string, value: number, unit: string, options: FigureOptions = {}): Figure {
  return {
    name,
    value: round(value),
    unit,
    goal: options.goal ?? '',
    limit: options.limit === undefined ? null : round(options.limit),
    ratio: options.limit === undefined || options.limit === 0 ? null : round(value / options.limit),
    note: options.note ?? '',
  };
}

/** A figure that could not be measured here; `why` says what was missing. */
export const unmeasured = (name: string, unit: string, goal: string, why: string): Figure => ({
  name,
  value: null,
  unit,
  goal,
  limit: null,
  ratio: null,
  note: `not measured: ${why}`,
});

/**
 * Does the value meet a goal written as `< n`, `<= n`, `>= n`, `> n` or `= n`, or its ratio one that ends in `of the limit`? Null when there
 * is no goal or nothing to compare with it.
 */
export function meetsGoal({ value: own, ratio, goal }: Figure): boolean | null {
  const parsed = /^(<=|>=|<|>|=)\s*([\d.]+)( of the limit)?$/.exec(goal);
  const value = parsed?.[3] ? ratio : own;
  if (!parsed || value === null) return null;
  const wanted = Number(parsed[2]);
  switch (parsed[1]) {
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    default:
      return value === wanted;
  }
}

const verdict = new Map<boolean | null, string>([
  [true, 'yes'],
  [false, 'NO'],
  [null, ''],
]);

export function formatFigures(figures: readonly Figure[]): string {
  const table = new Table({
    head: ['figure', 'value', 'unit', 'goal', 'met', 'limit', 'ratio', 'note'],
    style: { head: [], border: [] },
    colWidths: [null, null, null, null, null, null, null, 60],
    wordWrap: true,
  });
  for (const it of figures) {
    table.push([
      it.name,
      it.value ?? '-',
      it.unit,
      it.goal,
      verdict.get(meetsGoal(it)) ?? '',
      it.limit ?? '',
      it.ratio ?? '',
      it.note,
    ]);
  }
  return table.toString();
}
