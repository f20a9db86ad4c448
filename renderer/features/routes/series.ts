import type { RouteFigures } from '../../../app/contract/route-figures';

/** Requests a second by arm, from one moment to the next. */
export interface SeriesStep {
  readonly fromMs: number;
  readonly toMs: number;
  /** By arm, in the order of the series. */
  readonly perSecond: readonly number[];
}

export interface Series {
  readonly arms: readonly string[];
  /** Whole steps only, the oldest first. */
  readonly steps: readonly SeriesStep[];
}

/** The last step is not over: it would look like a fall. */
export function seriesOf({ series }: Pick<RouteFigures, 'series'>): Series {
  const { fromMs, stepMs } = series;
  const arms = series.arms.filter(({ requests }) => requests.some((count) => count > 0));
  const length = Math.max(0, ...series.arms.map(({ requests }) => requests.length - 1));
  return {
    arms: arms.map(({ arm }) => arm),
    steps: Array.from({ length }, (_, at) => ({
      fromMs: fromMs + at * stepMs,
      toMs: fromMs + (at + 1) * stepMs,
      perSecond: arms.map(({ requests }) => ((requests[at] ?? 0) * 1_000) / stepMs),
    })),
  };
}

export const totalOf = ({ perSecond }: SeriesStep): number => perSecond.reduce((sum, rate) => sum + rate, 0);

export const peakOf = ({ steps }: Series): number => Math.max(0, ...steps.map(totalOf));
