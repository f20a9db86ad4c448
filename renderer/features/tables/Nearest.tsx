import type { Neighbours } from '../../../app/contract/tables';
import { useServices } from '../../services';
import type { Asked } from '../../stores/tables';
import { ErrorView } from '../../ui/ErrorView';
import { SectionHead } from '../../ui/Panel';
import { ProbabilityBar } from '../../ui/ProbabilityBar';
import { Skeleton } from '../../ui/Skeleton';
import { versionColour } from '../../ui/version-colour';
import styles from './Nearest.module.css';

export interface NearestProps {
  readonly of: string;
  readonly neighbours: Asked<Neighbours>;
  readonly version: number;
  /** Looks up one of them as well. */
  readonly onWalkTo: (key: string) => void;
  readonly onRetry: () => void;
}

/** The rows that are most like one, best first; each leads on to its own. */
export function Nearest({ of, neighbours, version, onWalkTo, onRetry }: NearestProps) {
  const { t, format } = useServices();
  return (
    <section aria-labelledby="nearest">
      <SectionHead id="nearest" title={t('tables.nearest', { key: of })} note={t('tables.nearestNote')} />
      {neighbours.kind === 'asking' && <Skeleton rows={3} />}
      {neighbours.kind === 'failed' && <ErrorView error={neighbours.error} onRetry={onRetry} />}
      {neighbours.kind === 'answered' &&
        (neighbours.value.length === 0 ? (
          <p className={styles['none']}>{t('tables.nearestNone')}</p>
        ) : (
          <ol aria-labelledby="nearest">
            {neighbours.value.map(({ key, similarity }) => (
              <li key={key} className={styles['neighbour']}>
                <button
                  type="button"
                  className={styles['key']}
                  aria-label={t('tables.nearestOpen', { key })}
                  title={t('tables.nearestOpen', { key })}
                  onClick={() => onWalkTo(key)}
                >
                  {key}
                </button>
                <ProbabilityBar fraction={similarity} style={versionColour(version)} />
                <span className={styles['value']}>{format.fixed(similarity, 3)}</span>
              </li>
            ))}
          </ol>
        ))}
    </section>
  );
}
