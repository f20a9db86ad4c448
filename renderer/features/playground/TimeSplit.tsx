import type { CSSProperties } from 'react';
import type { Timings } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { SectionHead } from '../../ui/Panel';
import { timingParts, totalMs } from './answer';
import styles from './TimeSplit.module.css';

const colours: Readonly<Record<(typeof timingParts)[number], string>> = {
  queue: '--border-strong',
  decode: '--seq-3',
  preprocess: '--seq-4',
  run: '--seq-6',
};
const colourOf = (part: (typeof timingParts)[number]): CSSProperties =>
  ({ '--c': `var(${colours[part]})` }) as CSSProperties;

/** Where the time went: one bar in parts, and each part in words. */
export function TimeSplit({ timings }: { readonly timings: Timings }) {
  const { t, format } = useServices();
  const total = totalMs(timings);
  const words = timingParts.map((part) =>
    t('playground.timePart', { part: t(`playground.time.${part}`), time: format.duration(timings[part]) }),
  );
  return (
    <figure
      aria-label={t('playground.timeSummary', { total: format.duration(total), parts: format.list(words) })}
    >
      <SectionHead title={t('playground.time')}>
        <span className={styles['total']}>{format.duration(total)}</span>
      </SectionHead>
      <div className={styles['track']} aria-hidden="true">
        {timingParts.map((part) => (
          <span
            key={part}
            className={styles['part']}
            style={{ ...colourOf(part), inlineSize: total > 0 ? `${(timings[part] / total) * 100}%` : 0 }}
          />
        ))}
      </div>
      <ul className={styles['legend']}>
        {timingParts.map((part) => (
          <li key={part}>
            <span className={styles['swatch']} style={colourOf(part)} aria-hidden="true" />
            <span className={styles['name']}>{t(`playground.time.${part}`)}</span>
            <span className={styles['time']}>{format.duration(timings[part])}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
