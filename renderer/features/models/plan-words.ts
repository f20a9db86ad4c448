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

function stepText({ version, action, bytes, afterVersion }: Step, { t, format }: Words): string {
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
  const moves = plan.steps.filter((step) => step.action !== 'keep');
  const kept = plan.steps.filter((step) => step.action === 'keep').map((step) => String(step.version));
  const lines: PlanLine[] = [];

  if (moves.length > tellEach) {
    for (const action of ['load', 'unload'] as const) {
      const some = moves.filter((step) => step.action === action);
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
  } else {
    for (const step of moves) {
      lines.push({
        id: `${step.action} ${step.version}`,
        state: step.action === 'load' ? 'loading' : 'unloading',
        text: stepText(step, words),
        isWarning: false,
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
  if (plan.hasGap) lines.push({ id: 'gap', state: 'waiting', text: t('plan.gap'), isWarning: true });
  if (!plan.fits) lines.push({ id: 'fits', state: 'failed', text: t('plan.tooMuch'), isWarning: true });
  return lines;
}
