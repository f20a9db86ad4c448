import type { WireError } from '../../../app/base/errors';
import type { Classification } from '../../../app/contract/inference';
import type { Picture } from '../../../app/contract/pictures';
import type { Decision, Outcome } from '../../../app/contract/routes';

/** Which arm of a route answered and why, and what the person said of the answer. */
export interface RouteAnswer {
  readonly requestId: string;
  readonly decision: Decision;
  readonly verdict: Outcome | null;
}

export type RunOutcome =
  | { readonly kind: 'waiting' | 'running' }
  /** `by` is null where a version was asked itself. */
  | { readonly kind: 'answered'; readonly classification: Classification; readonly by: RouteAnswer | null }
  | { readonly kind: 'failed'; readonly error: WireError };

/** One picture given to one version, or to a route that chose one. Every run is kept, until so many newer ones have come. */
export interface Run {
  readonly id: string;
  /** Or the route's name. */
  readonly model: string;
  /** Null where a route was asked. */
  readonly version: number | null;
  readonly picture: Picture;
  readonly startedAtMs: number;
  readonly outcome: RunOutcome;
}

/** Newest first. */
export type RecentRuns = readonly Run[];

/** The version that was asked, or that the route chose; null before it has answered. */
export const versionOf = ({ version, outcome }: Run): number | null =>
  version ?? (outcome.kind === 'answered' ? outcome.classification.version : null);

export const mostRecentRuns = 1000;
/** Only the newest runs keep all their classes: a thousand answers of a thousand classes each would take 100 MB. */
export const runsWithAllClasses = 50;
export const classesOfOlderRuns = 20;

/** Puts runs in front, the last of them first, and lets the oldest go. */
export function addRuns(runs: RecentRuns, added: readonly Run[]): RecentRuns {
  return [...added.toReversed(), ...runs].slice(0, mostRecentRuns).map(trimBeyond);
}

function trimBeyond(run: Run, at: number): Run {
  if (at < runsWithAllClasses || run.outcome.kind !== 'answered') return run;
  const { classification } = run.outcome;
  if (classification.classes.length <= classesOfOlderRuns) return run;
  const classes = classification.classes.slice(0, classesOfOlderRuns);
  return { ...run, outcome: { ...run.outcome, classification: { ...classification, classes } } };
}

export function setOutcome(runs: RecentRuns, id: string, outcome: RunOutcome): RecentRuns {
  return runs.map((run, at) => (run.id === id ? trimBeyond({ ...run, outcome }, at) : run));
}

/** Runs that have not begun when a person cancels leave the list: nothing was answered. */
export const dropRuns = (runs: RecentRuns, ids: ReadonlySet<string>): RecentRuns =>
  runs.filter(({ id }) => !ids.has(id));

/** The runs whose picture, model, version or answer holds the words; all of them without words. */
export function filterRuns(runs: RecentRuns, words: string): RecentRuns {
  const wanted = words.trim().toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  if (wanted.length === 0) return runs;
  return runs.filter((run) => {
    const answer =
      run.outcome.kind === 'answered' ? (run.outcome.classification.classes[0]?.label ?? '') : '';
    const text = `${run.picture.name} ${run.model} ${versionOf(run) ?? ''} ${answer}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** The run before (-1: newer) or after (1: older) another in what is shown; stays at the ends. */
export function neighbour(runs: RecentRuns, id: string | null, step: -1 | 1): Run | undefined {
  const at = runs.findIndex((run) => run.id === id);
  if (at === -1) return runs[0];
  return runs[Math.min(runs.length - 1, Math.max(0, at + step))];
}

/** What other versions of the model, or of the route, said about the same picture when they were last asked, and differently. */
export function otherAnswers(
  runs: RecentRuns,
  of: Run,
): readonly { readonly version: number; readonly label: string }[] {
  if (of.outcome.kind !== 'answered') return [];
  const own = of.outcome.classification.classes[0]?.label;
  const latest = new Map<number, string>();
  for (const run of runs) {
    const version = versionOf(run);
    const isOther = run.model === of.model && version !== versionOf(of) && run.picture.id === of.picture.id;
    if (!isOther || version === null || latest.has(version) || run.outcome.kind !== 'answered') continue;
    const label = run.outcome.classification.classes[0]?.label;
    if (label !== undefined) latest.set(version, label);
  }
  return [...latest]
    .filter(([, label]) => label !== own)
    .map(([version, label]) => ({ version, label }))
    .sort((a, b) => a.version - b.version);
}
