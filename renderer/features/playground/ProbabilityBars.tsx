import { ChartBarBig, Table2 } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import type { Classification } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { ProbabilityBar } from '../../ui/ProbabilityBar';
import table from '../../ui/Table.module.css';
import { versionColour } from '../../ui/version-colour';
import { barsOf } from './answer';
import styles from './ProbabilityBars.module.css';
import { shortenerFor } from './short-label';

const othersColour = { '--c': 'var(--border-strong)' } as CSSProperties;

/** The top five and all others as bars on one scale from 0 to 1, or the same as a table. */
export function ProbabilityBars({ classification }: { readonly classification: Classification }) {
  const { t, format } = useServices();
  const [isTable, setTable] = useState(false);
  const { top, others } = barsOf(classification);
  const short = shortenerFor(classification.classes);
  const { classCount, version } = classification;
  const first = top[0];
  const rows = [
    ...top.map(({ index, label, probability }) => ({
      key: String(index),
      label: short(label),
      title: label,
      probability,
      isOther: false,
    })),
    ...(others
      ? [
          {
            key: 'others',
            label: t('playground.others', { count: others.count }),
            title: '',
            probability: others.probability,
            isOther: true,
          },
        ]
      : []),
  ];
  return (
    <figure aria-labelledby="probabilities">
      <SectionHead
        id="probabilities"
        title={t('playground.probabilities')}
        note={
          others
            ? t('playground.probabilitiesTop', { shown: top.length, count: format.number(classCount) })
            : t('playground.probabilitiesAll', { count: format.number(classCount) })
        }
      >
        <IconButton
          size="sm"
          icon={isTable ? ChartBarBig : Table2}
          label={isTable ? t('common.showAsChart') : t('common.showAsTable')}
          onClick={() => setTable(!isTable)}
        />
      </SectionHead>
      {isTable ? (
        <table className={classes(table['table'], table['tight'])} aria-labelledby="probabilities">
          <thead>
            <tr>
              <th scope="col">{t('playground.label')}</th>
              <th scope="col" className={table['end']}>
                {t('playground.probability')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, label, title, probability }) => (
              <tr key={key}>
                <th scope="row" title={title}>
                  {label}
                </th>
                <td className={table['end']}>{format.number(probability, 6)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <ul
          aria-label={
            first &&
            t('playground.probabilitiesSummary', {
              label: short(first.label),
              percent: format.probability(first.probability),
              count: format.number(classCount),
            })
          }
        >
          {rows.map(({ key, label, title, probability, isOther }) => (
            <li key={key} className={classes(styles['bar'], isOther && styles['others'])}>
              <span className={styles['label']} title={title}>
                {label}
              </span>
              <ProbabilityBar
                fraction={probability}
                style={isOther ? othersColour : versionColour(version)}
              />
              <span className={styles['value']}>{format.probability(probability)}</span>
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}
