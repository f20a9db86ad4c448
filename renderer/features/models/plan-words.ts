import type { Lifecycle, Plan } from '../../../app/contract/models';
import type { Services } from '../../services';

/** One consequence of a changed policy, in words, with the state whose icon stands before it. */
export interface PlanLine {
  readonly id: string;
  readonly state: Lifecycle;
  readonly text: string;
  readonly isWarning: boolean;
}

type Words = Pick<Services, 't' | 'format'>;
type Step = Plan['steps'][number];

/** More steps than this are told by count. */
const tellEach = 4;

function stepText({ version, action, bytes, afterVersion, refusal }: Step, { t, format }: Words): string {
  if (refusal) {
    const { needBytes, freeBytes, totalBytes } = refusal;
    return t('plan.refused', {
      version,
      need: format.bytes(needBytes),
      free: format.bytesLike(freeBytes, totalBytes),
      budget: format.bytes(totalBytes),
    });
  }
  const size = bytes === null ? '' : format.bytes(bytes);
  if (action === 'load') {
    if (afterVersion === null) {
      return size === '' ? t('plan.load', { version }) : t('plan.loadBytes', { version, size });
    }
    return size === ''
      ? t('plan.loadAfter', { version, afterVersion })
      : t('plan.loadAfterBytes', { version, size, afterVersion });
  }
  if (afterVersion !== null) return t('plan.unloadAfter', { version, afterVersion });
  return size === '' ? t('plan.unload', { version }) : t('plan.unloadBytes', { version, size });
}

const sum = (steps: readonly Step[]): number => steps.reduce((total, { bytes }) => total + (bytes ?? 0), 0);

/** What applying a policy will do: loads and unloads in their order, what stays, how much memory, and what to beware of. */
export function planLines(plan: Plan, words: Words): PlanLine[] {
  const { t, format } = words;
  const moves = plan.steps.filter((step, index) => step.action !== 'keep' && !isTriedAgain(plan, index));
  const refused = moves.filter((step) => step.refusal !== null);
  const kept = plan.steps
    .filter((step) => step.action === 'keep')
    .map((step) => step.version)
    .sort((a, b) => b - a)
    .map(String);
  const lines: PlanLine[] = [];

  if (moves.length > tellEach) {
    for (const action of ['load', 'unload'] as const) {
      const some = moves.filter((step) => step.action === action && step.refusal === null);
      if (some.length === 0) continue;
      const versions = format.list(some.slice(0, tellEach).map((step) => String(step.version)));
      const values = { count: some.length, versions, size: format.bytes(sum(some)) };
      lines.push({
        id: action,
        state: action === 'load' ? 'loading' : 'unloading',
        text: t(action === 'load' ? 'plan.loadMany' : 'plan.unloadMany', values),
        isWarning: false,
      });
    }
    if (refused.length > 0) {
      const versions = format.list(refused.map((step) => String(step.version)));
      const text = t('plan.refusedMany', {
        count: refused.length,
        versions,
        size: format.bytes(sum(refused)),
      });
      lines.push({ id: 'refused', state: 'failed', text, isWarning: true });
    }
  } else {
    for (const step of moves) {
      lines.push({
        id: `${step.action} ${step.version}`,
        state: step.refusal ? 'failed' : step.action === 'load' ? 'loading' : 'unloading',
        text: stepText(step, words),
        isWarning: step.refusal !== null,
      });
    }
  }

  const memory = t('plan.memory', {
    peak: format.bytesLike(plan.peakBytes, plan.budgetBytes),
    budget: format.bytes(plan.budgetBytes),
  });
  const stays =
    kept.length > 0
      ? t('plan.keep', { count: kept.length, versions: format.list(kept) })
      : moves.length === 0
        ? t('plan.nothing')
        : null;
  lines.push({
    id: 'after',
    state: 'available',
    text: stays === null ? memory : t('plan.sentences', { first: stays, second: memory }),
    isWarning: false,
  });
  if (plan.hasGap) {
    const isAnswered =
      kept.length > 0 || moves.some((step) => step.action === 'load' && step.refusal === null);
    const text = t(isAnswered ? 'plan.gap' : 'plan.noneAnswers');
    lines.push({ id: 'gap', state: isAnswered ? 'waiting' : 'failed', text, isWarning: true });
  }
  return lines;
}

/** A load that is refused at first and tried again when there is room: only how it ends is worth a word. */
const isTriedAgain = ({ steps }: Plan, index: number): boolean =>
  steps[index]?.refusal !== null &&
  steps.some((later, at) => at > index && later.action === 'load' && later.version === steps[index]?.version);
