import type { WireError } from '../../../app/base/errors';
import type { Classification } from '../../../app/contract/inference';
import type { Picture } from '../../../app/contract/pictures';

export type RunOutcome =
  | { readonly kind: 'waiting' | 'running' }
  | { readonly kind: 'answered'; readonly classification: Classification }
  | { readonly kind: 'failed'; readonly error: WireError };

/** One picture given to one version. Every run is kept with its version, until so many newer ones have come. */
export interface Run {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly picture: Picture;
  readonly startedAtMs: number;
  readonly outcome: RunOutcome;
}

/** Newest first. */
export type RecentRuns = readonly Run[];

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
  return { ...run, outcome: { kind: 'answered', classification: { ...classification, classes } } };
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
    const text = `${run.picture.name} ${run.model} ${run.version} ${answer}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** The run before (-1: newer) or after (1: older) another in what is shown; stays at the ends. */
export function neighbour(runs: RecentRuns, id: string | null, step: -1 | 1): Run | undefined {
  const at = runs.findIndex((run) => run.id === id);
  if (at === -1) return runs[0];
  return runs[Math.min(runs.length - 1, Math.max(0, at + step))];
}

/** What other versions of the model said about the same picture when they were last asked, and differently. */
export function otherAnswers(
  runs: RecentRuns,
  of: Run,
): readonly { readonly version: number; readonly label: string }[] {
  if (of.outcome.kind !== 'answered') return [];
  const own = of.outcome.classification.classes[0]?.label;
  const latest = new Map<number, string>();
  for (const { model, version, picture, outcome } of runs) {
    const isOther = model === of.model && version !== of.version && picture.id === of.picture.id;
    if (!isOther || latest.has(version) || outcome.kind !== 'answered') continue;
    const label = outcome.classification.classes[0]?.label;
    if (label !== undefined) latest.set(version, label);
  }
  return [...latest]
    .filter(([, label]) => label !== own)
    .map(([version, label]) => ({ version, label }))
    .sort((a, b) => a.version - b.version);
}
