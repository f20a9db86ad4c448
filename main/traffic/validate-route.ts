import { modelNameSchema } from '../../app/contract/models';
import type { Arm, Attribute, Condition, RouteDraft, RouteProblem, Share } from '../../app/contract/routes';
import { numberOf } from './conditions';
import { isSecretHeader } from './request-attributes';
import { maxDepth } from './router';
import { compareTasks, type Task } from './task';

/** What a route may lead to, as it is set now. */
export interface KnownTargets {
  /** Undefined when there is no such model. `versions` are those on disk; null while nobody has looked. */
  model(
    name: string,
  ): { readonly versions: readonly number[] | null; readonly labels: readonly string[] } | undefined;
  route(name: string): { readonly arms: readonly Arm[] } | undefined;
  /** Null while it is not available, or does not say. */
  task(arm: Pick<Arm, 'model' | 'version' | 'label'>): Task | null;
}

type Place = readonly (string | number)[];

/**
 * Everything that is not right with a route, in the order of its parts. `replaces` is the route that it is a change of, null for a new
 * one. A route without an error among the problems can be applied.
 */
export function validateRoute(
  draft: RouteDraft,
  known: KnownTargets,
  replaces: string | null,
): RouteProblem[] {
  const problems: RouteProblem[] = [];
  const add = (
    severity: RouteProblem['severity'],
    code: RouteProblem['code'],
    place: Place,
    params: RouteProblem['params'] = {},
  ): void => {
    problems.push({ code, severity, place: [...place], params });
  };
  const error = (code: RouteProblem['code'], place: Place, params?: RouteProblem['params']): void =>
    add('error', code, place, params);
  const warn = (code: RouteProblem['code'], place: Place, params?: RouteProblem['params']): void =>
    add('warning', code, place, params);
  const armIds = new Set(draft.arms.map(({ id }) => id));

  checkName();
  checkArms();
  checkRules();
  checkSplit(draft.split, ['split']);
  if (draft.stickyBy) {
    if (draft.stickyBy.from === 'key') error('stickyByKey', ['stickyBy', 'from']);
    else checkAttribute(draft.stickyBy, ['stickyBy']);
  }
  checkOthers();
  checkTasks();
  return problems;

  function checkName(): void {
    const { name } = draft;
    if (!modelNameSchema.safeParse(name).success) error('nameInvalid', ['name']);
    else if (name !== replaces && (known.model(name) || known.route(name)))
      error('nameTaken', ['name'], { name });
  }

  function checkArms(): void {
    if (draft.arms.length === 0) error('noArms', ['arms']);
    const seen = new Set<string>();
    const used = usedArms(draft);
    draft.arms.forEach((arm, index) => {
      const place = ['arms', index];
      if (seen.has(arm.id)) error('armTwice', [...place, 'id'], { arm: arm.id });
      seen.add(arm.id);
      if (arm.version !== null && arm.label !== null)
        error('versionAndLabel', [...place, 'label'], { arm: arm.id });
      checkTarget(arm, place);
      if (!used.has(arm.id)) warn('armUnused', place, { arm: arm.id });
    });
  }

  function checkTarget(arm: Arm, place: Place): void {
    const { model, version, label } = arm;
    const way = wayBack(draft, arm, known);
    const target = known.model(model);
    if (way === 'tooDeep') error('tooDeep', [...place, 'model'], { max: String(maxDepth - 1) });
    else if (way) error('cycle', [...place, 'model'], { path: way.join(' → ') });
    else if (known.route(model)) {
      if (version !== null || label !== null)
        error('versionOfRoute', [...place, version === null ? 'label' : 'version'], { model });
    } else if (target) checkVersion(arm, target, place);
    else error('modelUnknown', [...place, 'model'], { model });
  }

  function checkVersion(
    { model, version, label }: Arm,
    target: NonNullable<ReturnType<KnownTargets['model']>>,
    place: Place,
  ): void {
    if (version !== null && target.versions && !target.versions.includes(version))
      error('versionUnknown', [...place, 'version'], { model, version: String(version) });
    if (label !== null && !target.labels.includes(label))
      error('labelUnknown', [...place, 'label'], { model, label });
  }

  function checkRules(): void {
    const seen = new Set<string>();
    draft.rules.forEach(({ id, when, split }, index) => {
      const place = ['rules', index];
      if (seen.has(id)) error('ruleTwice', [...place, 'id'], { rule: id });
      seen.add(id);
      if (when.length === 0) error('ruleWithoutConditions', [...place, 'when']);
      for (const [at, condition] of when.entries()) checkCondition(condition, [...place, 'when', at]);
      checkSplit(split, [...place, 'split']);
    });
  }

  function checkCondition(condition: Condition, place: Place): void {
    const { from, test, values } = condition;
    if (from === 'key' && !draft.stickyBy) error('keyWithoutSticky', [...place, 'from']);
    checkAttribute(condition, place);
    const takesNone = test === 'isPresent' || test === 'isAbsent';
    if (takesNone && values.length > 0) error('valuesUnfit', [...place, 'values']);
    if (!takesNone && values.length === 0) error('valuesMissing', [...place, 'values']);
    if (test !== 'atLeast' && test !== 'atMost') return;
    values.forEach((value, at) => {
      if (Number.isNaN(numberOf(value))) error('valueNoNumber', [...place, 'values', at], { value });
    });
  }

  function checkAttribute({ from, name }: Attribute, place: Place): void {
    if (from === 'token' || from === 'key') return;
    if (name === '') error('attributeNameMissing', [...place, 'name']);
    else if (from !== 'header') return;
    else if (!headerName.test(name)) error('attributeNameUnfit', [...place, 'name'], { name });
    else if (isSecretHeader(name)) error('attributeSecret', [...place, 'name'], { name });
  }

  function checkSplit(split: readonly Share[], place: Place): void {
    if (split.length === 0) {
      error('splitEmpty', place);
      return;
    }
    const seen = new Set<string>();
    split.forEach(({ arm, weight }, at) => {
      checkReference(arm, [...place, at, 'arm']);
      if (seen.has(arm)) error('shareTwice', [...place, at, 'arm'], { arm });
      seen.add(arm);
      if (!Number.isInteger(hundredths(weight))) error('weightTooFine', [...place, at, 'weight']);
    });
    const sum = split.reduce((total, { weight }) => total + hundredths(weight), 0);
    if (Math.abs(sum - 10_000) > 1e-6) error('weightsSum', place, { sum: String(Math.round(sum) / 100) });
    const runs = split.filter(({ arm, weight }) => weight > 0 && !armOf(arm)?.isStopped);
    if (runs.length === 0) warn('allStopped', place);
  }

  function checkOthers(): void {
    const seen = new Set<string>();
    draft.fallback.forEach((arm, index) => {
      checkReference(arm, ['fallback', index]);
      if (seen.has(arm)) error('fallbackTwice', ['fallback', index], { arm });
      seen.add(arm);
    });
    if (draft.fallback.length === 0 && draft.arms.length > 1) warn('noFallback', ['fallback']);
    if (draft.overflow) checkReference(draft.overflow.arm, ['overflow', 'arm']);
    if (!draft.shadow) return;
    const { arm } = draft.shadow;
    checkReference(arm, ['shadow', 'arm']);
    const serves = [draft.split, ...draft.rules.map(({ split }) => split)].flat();
    if (serves.some((share) => share.arm === arm && share.weight > 0))
      warn('shadowServes', ['shadow', 'arm'], { arm });
  }

  /** Every arm is held against the first that says what it does. */
  function checkTasks(): void {
    let first: { readonly arm: string; readonly task: Task } | null = null;
    for (const [index, arm] of draft.arms.entries()) {
      const place = ['arms', index];
      const isKnown = known.model(arm.model) !== undefined || known.route(arm.model) !== undefined;
      const task = isKnown && !wayBack(draft, arm, known) ? known.task(arm) : null;
      if (!task) {
        if (isKnown && !arm.isStopped) warn('armNotAvailable', place, { arm: arm.id });
        if (isKnown && draft.arms.length > 1) warn('classesUnchecked', place, { arm: arm.id });
        continue;
      }
      if (!first) {
        first = { arm: arm.id, task };
        continue;
      }
      const found = compareTasks(first.task, task);
      if (found) add(found.severity, found.code, place, { arm: arm.id, other: first.arm, ...found.params });
    }
  }

  function checkReference(arm: string, place: Place): void {
    if (!armIds.has(arm)) error('armUnknown', place, { arm });
  }

  function armOf(id: string): Arm | undefined {
    return draft.arms.find((arm) => arm.id === id);
  }
}

/** Exact for the weights that are allowed: 12.34 is 1,234 hundredths, whatever binary makes of it. */
function hundredths(weight: number): number {
  const exact = weight * 100;
  const whole = Math.round(exact);
  return Math.abs(exact - whole) < 1e-6 ? whole : exact;
}

/** Source: RFC 9110, §5.6.2 (`token`). */
const headerName = /^[!#$%&'*+.^_`|~\w-]+$/;

const usedArms = ({ split, rules, fallback, overflow, shadow }: RouteDraft): ReadonlySet<string> =>
  new Set([
    ...[split, ...rules.map((rule) => rule.split)].flat().map(({ arm }) => arm),
    ...fallback,
    ...(overflow ? [overflow.arm] : []),
    ...(shadow ? [shadow.arm] : []),
  ]);

/** The names on the way from a route through one of its arms back to it; null when the arm leads nowhere near. */
function wayBack(draft: RouteDraft, arm: Arm, known: KnownTargets): readonly string[] | 'tooDeep' | null {
  const walk = (name: string, way: readonly string[]): readonly string[] | 'tooDeep' | null => {
    if (name === draft.name) return [...way, name];
    const route = known.route(name);
    if (!route) return null;
    if (way.length >= maxDepth) return 'tooDeep';
    let found: readonly string[] | 'tooDeep' | null = null;
    for (const { model } of route.arms) {
      const further = walk(model, [...way, name]);
      if (Array.isArray(further)) return further;
      found ??= further;
    }
    return found;
  };
  return walk(arm.model, [draft.name]);
}
