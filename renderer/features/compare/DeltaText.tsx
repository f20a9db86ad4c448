import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import styles from './DeltaText.module.css';
import type { Delta } from './delta';

export interface DeltaTextProps {
  readonly delta: Delta | null;
  /** Writes an amount without its sign, with its unit. */
  readonly amount: (value: number) => string;
  /** Say of no difference that it is one, without an amount: nothing has no size in bytes or milliseconds. */
  readonly isBare?: boolean;
}

/** A difference to the baseline: arrow and sign always, colour only where one direction is better. Its cell's name says it in words. */
export function DeltaText({ delta, amount, isBare = false }: DeltaTextProps) {
  const { t } = useServices();
  if (delta === null)
    return <span className={classes(styles['delta'], styles['same'])}>{t('compare.delta.none')}</span>;
  const { direction, value, verdict } = delta;
  const size = amount(Math.abs(value));
  const text =
    direction === 'same'
      ? isBare
        ? t('compare.delta.shownAbout')
        : t('compare.delta.shownSame', { amount: amount(0) })
      : direction === 'up'
        ? t('compare.delta.shownUp', { amount: `+${size}` })
        : t('compare.delta.shownDown', { amount: `−${size}` });
  return (
    <span className={classes(styles['delta'], direction === 'same' ? styles['same'] : styles[verdict])}>
      {text}
    </span>
  );
}
