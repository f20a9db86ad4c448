import type { CSSProperties } from 'react';
import { useServices } from '../services';
import { SectionHead } from './Panel';
import styles from './TimeBar.module.css';

export interface TimePart {
  readonly name: string;
  readonly ms: number;
  /** A colour of the tokens, such as `--seq-3`. */
  readonly colour: string;
}

const colourOf = ({ colour }: TimePart): CSSProperties => ({ '--c': `var(${colour})` }) as CSSProperties;

/** Where the time went: one bar in parts, and each part in words. */
export function TimeBar({ parts }: { readonly parts: readonly TimePart[] }) {
  const { t, format } = useServices();
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  const words = parts.map(({ name, ms }) =>
    t('playground.timePart', { part: name, time: format.duration(ms) }),
  );
  return (
    <figure
      aria-label={t('playground.timeSummary', { total: format.duration(total), parts: format.list(words) })}
    >
      <SectionHead title={t('playground.time')}>
        <span className={styles['total']}>{format.duration(total)}</span>
      </SectionHead>
      <div className={styles['track']} aria-hidden="true">
        {parts.map((part) => (
          <span
            key={part.name}
            className={styles['part']}
            style={{ ...colourOf(part), inlineSize: total > 0 ? `${(part.ms / total) * 100}%` : 0 }}
          />
        ))}
      </div>
      <ul className={styles['legend']}>
        {parts.map((part) => (
          <li key={part.name}>
            <span className={styles['swatch']} style={colourOf(part)} aria-hidden="true" />
            <span className={styles['name']}>{part.name}</span>
            <span className={styles['time']}>{format.duration(part.ms)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
