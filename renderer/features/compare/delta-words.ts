import type { Translator } from '../../messages/translator';
import type { Delta } from './delta';

/** A difference as it is spoken: "down 2.5 ms, better". */
export function deltaWords(
  t: Translator['t'],
  delta: Delta | null,
  amount: (value: number) => string,
): string {
  if (delta === null) return t('compare.delta.noneText');
  if (delta.direction === 'same') return t('compare.delta.same');
  const change = t(`compare.delta.${delta.direction}`, { amount: amount(Math.abs(delta.value)) });
  return delta.verdict === 'neutral' ? change : t(`compare.delta.${delta.verdict}`, { change });
}
