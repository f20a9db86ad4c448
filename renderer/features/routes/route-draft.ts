import { canAnswer, type Model } from '../../../app/contract/models';
import {
  type Arm,
  type RouteDraft,
  type Rule,
  routeDraftSchema,
  type Share,
} from '../../../app/contract/routes';
import { withoutShare } from './split';

/** Where an arm leads: all of it but its id and whether it is stopped. */
export type ArmTarget = Pick<Arm, 'model' | 'version' | 'label'>;

/** `base`, or `base-2`, `base-3`… : the first that is not taken. */
export function freeId(base: string, taken: readonly string[]): string {
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(id)) return id;
  }
}

const mostIdLength = 28; // leaves room for a count

/** What an arm is called until a person says otherwise: after its version, its label or its route. */
export function armIdFor(
  { model, version, label }: ArmTarget,
  taken: readonly string[],
  isRoute = false,
): string {
  const base = version === null ? (label ?? (isRoute ? model : 'latest')) : `v${version}`;
  const tidy = base
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/gu, '-')
    .slice(0, mostIdLength)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/gu, '');
  return freeId(tidy || 'arm', taken);
}

export const armIds = ({ arms }: RouteDraft): string[] => arms.map(({ id }) => id);

/** The two versions that a route over a model begins with, the older first: those that answer before others, newer before older. */
function firstVersions({ versions }: Model): number[] {
  const able = versions.filter(canAnswer);
  const others = versions.filter((version) => !canAnswer(version) && version.isOnDisk);
  return [...able, ...others]
    .slice(0, 2)
    .map(({ version }) => version)
    .sort((a, b) => a - b);
}

/** A careful start: the older of two versions keeps 90 % and steps in for the newer, which is tried on 10 %. */
export function newRouteOver(model: Model, taken: readonly string[]): RouteDraft {
  const arms: Arm[] = [];
  for (const version of firstVersions(model)) {
    const target = { model: model.name, version, label: null };
    const id = armIdFor(
      target,
      arms.map((arm) => arm.id),
    );
    arms.push({ id, ...target, isStopped: false });
  }
  const weights = arms.length === 2 ? [90, 10] : [100];
  return {
    name: freeId(`${model.name}-split`, taken),
    arms,
    rules: [],
    split: arms.map(({ id }, at): Share => ({ arm: id, weight: weights[at] ?? 0 })),
    stickyBy: null,
    fallback: arms.map(({ id }) => id),
    overflow: null,
    shadow: null,
  };
}

export const withArm = (draft: RouteDraft, target: ArmTarget, id: string): RouteDraft => ({
  ...draft,
  arms: [...draft.arms, { id, ...target, isStopped: false }],
});

/** Changes where an arm leads or what it is called; whatever names it follows. */
export function withChangedArm(
  draft: RouteDraft,
  id: string,
  change: Partial<Omit<Arm, 'id'>> & { readonly id?: string },
): RouteDraft {
  const to = change.id ?? id;
  const renamed = (arm: string): string => (arm === id ? to : arm);
  const inSplit = (split: readonly Share[]): Share[] =>
    split.map(({ arm, weight }) => ({ arm: renamed(arm), weight }));
  return {
    ...draft,
    arms: draft.arms.map((arm) => (arm.id === id ? { ...arm, ...change } : arm)),
    rules: draft.rules.map((rule) => ({ ...rule, split: inSplit(rule.split) })),
    split: inSplit(draft.split),
    fallback: draft.fallback.map(renamed),
    overflow: draft.overflow && { ...draft.overflow, arm: renamed(draft.overflow.arm) },
    shadow: draft.shadow && { ...draft.shadow, arm: renamed(draft.shadow.arm) },
  };
}

/** Takes an arm out of everything that names it; the shares of a split that had it grow. */
export function withoutArm(draft: RouteDraft, id: string): RouteDraft {
  const inSplit = (split: Share[]): Share[] =>
    split.some(({ arm }) => arm === id) ? withoutShare(split, id) : split;
  return {
    ...draft,
    arms: draft.arms.filter((arm) => arm.id !== id),
    rules: draft.rules.map((rule) => ({ ...rule, split: inSplit(rule.split) })),
    split: inSplit(draft.split),
    fallback: draft.fallback.filter((arm) => arm !== id),
    overflow: draft.overflow?.arm === id ? null : draft.overflow,
    shadow: draft.shadow?.arm === id ? null : draft.shadow,
  };
}

/** An audience in front of everyone else: requests with a header, all to the arm that has the least of the others. */
export function withRule(draft: RouteDraft, name: string): RouteDraft {
  const least = draft.split.toSorted((a, b) => a.weight - b.weight)[0]?.arm ?? draft.arms[0]?.id;
  const id = freeId(
    'audience',
    draft.rules.map((rule) => rule.id),
  );
  return {
    ...draft,
    rules: [
      ...draft.rules,
      {
        id,
        name,
        when: [{ from: 'header', name: '', test: 'is', values: [] }],
        split: least === undefined ? [] : [{ arm: least, weight: 100 }],
      },
    ],
  };
}

export const withChangedRule = (draft: RouteDraft, at: number, change: Partial<Rule>): RouteDraft => ({
  ...draft,
  rules: draft.rules.map((rule, index) => (index === at ? { ...rule, ...change } : rule)),
});

export const withoutRule = (draft: RouteDraft, at: number): RouteDraft => ({
  ...draft,
  rules: draft.rules.filter((_, index) => index !== at),
});

/** Moves what stands at `at` one place towards the front (-1) or the end (1); stays at the ends. */
export function moved<T>(list: readonly T[], at: number, step: -1 | 1): T[] {
  const to = at + step;
  const item = list[at];
  if (item === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(at, 1).toSpliced(to, 0, item);
}

/** Do both say the same, whatever the order of their members? */
export function isSameRoute(a: RouteDraft, b: RouteDraft): boolean {
  const [one, other] = [routeDraftSchema.safeParse(a), routeDraftSchema.safeParse(b)];
  return one.success && other.success && JSON.stringify(one.data) === JSON.stringify(other.data);
}
