import { useEffect, useId, useRef, useState } from 'react';
import type { PreprocessingRanking, RankedPreprocessing } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import tableStyles from '../../ui/Table.module.css';
import { partWords, shortWords } from '../playground/preprocessing-words';
import styles from './FindPreprocessing.module.css';

export interface RankingTableProps {
  readonly ranking: PreprocessingRanking;
  readonly chosen: number;
  readonly onChoose: (place: number) => void;
}

const firstShown = 5;
/** Below this the first two are as good as each other. */
const clearMargin = 0.05;

/** Which of the usual ways answered best, the best first; one of them is chosen. */
export function RankingTable({ ranking: { ranked, pictureCount }, chosen, onChoose }: RankingTableProps) {
  const { t, format } = useServices();
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), []);
  const shown = isWhole ? ranked : ranked.slice(0, firstShown);
  return (
    <section ref={section} aria-labelledby={id}>
      <SectionHead
        id={id}
        title={t('preparation.ranking')}
        note={t('preparation.rankingNote', { count: pictureCount })}
      />
      <p role="status" className={styles['verdict']}>
        {verdictOf(ranked, t)}
      </p>
      <table className={classes(tableStyles['table'], tableStyles['tight'])} aria-labelledby={id}>
        <colgroup>
          <col className={styles['colRadio']} />
          <col />
          <col className={styles['colNumber']} />
          <col className={styles['colNumber']} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t('preparation.column.choose')}</span>
            </th>
            <th scope="col">{t('preparation.column.preprocessing')}</th>
            <th scope="col" className={tableStyles['end']}>
              {t('preparation.column.accuracy')}
            </th>
            <th scope="col" className={tableStyles['end']} title={t('preparation.marginText')}>
              {t('preparation.column.margin')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((each, place) => {
            const words = wordsOf(each, t);
            return (
              <tr key={words} className={tableStyles['row']} onClick={() => onChoose(place)}>
                <td>
                  <input
                    type="radio"
                    name={id}
                    className={styles['radio']}
                    aria-label={words}
                    checked={place === chosen}
                    onChange={() => onChoose(place)}
                  />
                </td>
                <th scope="row" title={words}>
                  {words}
                  {each.isCurrent && <span className={styles['current']}>{t('preparation.current')}</span>}
                </th>
                <td className={tableStyles['end']}>
                  {t('preparation.accuracy', {
                    right: format.number(Math.round(each.accuracy * pictureCount)),
                    count: format.number(pictureCount),
                  })}
                </td>
                <td className={tableStyles['end']}>{format.signed(each.margin, 2)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {!isWhole && ranked.length > firstShown && (
        <Button size="sm" look="quiet" onClick={() => setWhole(true)}>
          {t('preparation.showAll', { count: ranked.length })}
        </Button>
      )}
    </section>
  );
}

type T = ReturnType<typeof useServices>['t'];

const wordsOf = ({ preprocessing }: RankedPreprocessing, t: T): string =>
  t('preparation.words', {
    values: shortWords(t, preprocessing),
    resize: partWords(t, 'resize', preprocessing),
  });

function verdictOf([first, second]: readonly RankedPreprocessing[], t: T): string {
  if (!first) return '';
  const isClose =
    second !== undefined &&
    first.accuracy === second.accuracy &&
    Math.abs(first.margin - second.margin) < clearMargin;
  if (first.isCurrent) return t(isClose ? 'preparation.verdict.currentClose' : 'preparation.verdict.current');
  return t(isClose ? 'preparation.verdict.close' : 'preparation.verdict.clear');
}
