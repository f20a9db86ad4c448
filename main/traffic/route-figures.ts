import type { ArmFigures, RouteFigures } from '../../app/contract/route-figures';
import type { Route, Share } from '../../app/contract/routes';
import { ArmCounts, getOr, noShadowCounts, type RouteCounts } from './route-counts';
import { checkShare } from './split-check';
import type { RouteAccount } from './traffic-ledger';

/** How a window is cut into steps. */
const windows = {
  '5min': { points: 31, stepsEach: 1 },
  '1h': { points: 31, stepsEach: 12 },
} as const;

/** A route at work, from what was counted. `waiting` tells how many wait for what an arm leads to. */
export function figuresOf(
  route: Route,
  account: RouteAccount,
  window: keyof typeof windows,
  nowMs: number,
  waiting: (arm: string) => number,
): RouteFigures {
  const { counts, series, changes, differingKept } = account;
  const { points, stepsEach } = windows[window];
  const cut = series.points(nowMs, points, stepsEach);
  const total = new ArmCounts();
  const byArm = new Map<string, ArmCounts>(route.arms.map(({ id }) => [id, new ArmCounts()]));
  for (const arms of counts.rules.values())
    for (const [arm, own] of arms) {
      total.add(own);
      getOr(byArm, arm, () => new ArmCounts()).add(own);
    }
  const shown = new Set([...byArm.keys(), ...cut.arms.keys()]);
  return {
    route: route.name,
    sinceMs: counts.sinceMs,
    ...countsOf(total),
    arms: [...byArm].map(([arm, own]) => armFigures(arm, own, waiting(arm))),
    rules: [...route.rules.map(({ id }) => id), null].map((rule) => ruleFigures(counts, rule)),
    checks: checksOf(route, counts),
    shadow: shadowFigures(route, counts, differingKept),
    series: {
      fromMs: cut.fromMs,
      stepMs: cut.stepMs,
      arms: [...shown].map((arm) => ({
        arm,
        requests: cut.arms.get(arm) ?? new Array<number>(points).fill(0),
      })),
    },
    changes: changes
      .filter(({ atMs }) => atMs >= cut.fromMs)
      .map(({ atMs, split }) => ({ atMs, split: [...split] })),
  };
}

const countsOf = ({ requests, failed, latency }: ArmCounts) => ({
  requests,
  failed,
  p50Ms: latency.quantile(0.5),
  p95Ms: latency.quantile(0.95),
  p99Ms: latency.quantile(0.99),
});

const armFigures = (arm: string, counts: ArmCounts, waiting: number): ArmFigures => ({
  arm,
  ...countsOf(counts),
  waiting,
  fellBack: counts.fellBack,
  overflowed: counts.overflowed,
  confidence:
    counts.confidenceCount === 0
      ? null
      : { mean: counts.confidenceSum / counts.confidenceCount, count: counts.confidenceCount },
  outcomes: { right: counts.right, wrong: counts.wrong },
});

function ruleFigures(counts: RouteCounts, rule: string | null): RouteFigures['rules'][number] {
  const arms = [...(counts.rules.get(rule ?? '') ?? [])].filter(([, own]) => own.requests > 0);
  return {
    rule,
    requests: arms.reduce((sum, [, own]) => sum + own.requests, 0),
    arms: arms.map(([arm, own]) => ({ arm, ...countsOf(own) })),
  };
}

/** Splits among two arms or more: of a lone arm there is nothing to judge. */
function checksOf(route: Route, counts: RouteCounts): RouteFigures['checks'] {
  const splits: readonly (readonly [string | null, readonly Share[]])[] = [
    ...route.rules.map(({ id, split }) => [id, split] as const),
    [null, route.split],
  ];
  return splits.flatMap(([rule, split]) => {
    const shares = sharesOf(route, split);
    const picked = [...(counts.rules.get(rule ?? '') ?? [])];
    const of = picked.reduce((sum, [, own]) => sum + own.picked, 0);
    if (of === 0 || shares.length < 2) return [];
    const squares = counts.sketchOf(rule).sumOfSquares;
    return shares.map(({ arm, share }) => {
      const got = counts.of(rule, arm).picked;
      return { rule, arm, got, of, expected: share, ...checkShare(share, got, of, squares) };
    });
  });
}

/** What arms get of a split (0 to 1) once what is stopped is left out. */
export function sharesOf(
  { arms }: Pick<Route, 'arms'>,
  split: readonly Share[],
): { readonly arm: string; readonly share: number }[] {
  const running = split.filter(
    ({ arm, weight }) => weight > 0 && arms.some(({ id, isStopped }) => id === arm && !isStopped),
  );
  const sum = running.reduce((total, { weight }) => total + weight, 0);
  return running.map(({ arm, weight }) => ({ arm, share: weight / sum }));
}

function shadowFigures({ shadow }: Route, counts: RouteCounts, kept: number): RouteFigures['shadow'] {
  if (!shadow) return null;
  const { copied, dropped, failed, agreed, differed } = counts.shadows.get(shadow.arm) ?? noShadowCounts();
  return {
    arm: shadow.arm,
    copied,
    dropped,
    failed,
    compared: agreed + differed,
    agreed,
    differed,
    kept,
  };
}
