import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { ProbabilityBar } from '../../ui/ProbabilityBar';
import { shortWords } from '../playground/preprocessing-words';
import { shortenerFor } from '../playground/short-label';
import { useInputView } from '../playground/use-input-view';
import { ColumnMark } from './ColumnMark';
import type { ColumnView } from './column-view';
import type { ComparisonRow } from './comparison';
import styles from './PinnedPicture.module.css';

export interface PinnedPictureProps {
  readonly picture: Picture;
  readonly row: ComparisonRow;
  readonly columns: readonly ColumnView[];
  /** Its place among the pictures in sight, from 0; -1 when the filter leaves it out. */
  readonly at: number;
  readonly count: number;
  readonly onStep: (step: -1 | 1) => void;
}

const topClasses = 3;
const fewPixels = 100;

/** The picture under test stays at the left, with each version's first classes and what it gets. */
export function PinnedPicture({ picture, row, columns, at, count, onStep }: PinnedPictureProps) {
  const { t, format } = useServices();
  return (
    <aside className={styles['pinned']} aria-label={t('compare.pinned')} data-region="">
      <div className={styles['head']}>
        <h2 className={styles['name']} title={picture.name}>
          {picture.name}
        </h2>
        {at >= 0 && (
          <span className={styles['place']}>
            {t('compare.place', { at: format.number(at + 1), count: format.number(count) })}
          </span>
        )}
        <IconButton
          size="sm"
          icon={ChevronLeft}
          label={t('compare.previous')}
          tip={t('common.shortcut', { title: t('compare.previous'), keys: '[' })}
          isDisabled={at === 0 || count === 0}
          onClick={() => onStep(-1)}
        />
        <IconButton
          size="sm"
          icon={ChevronRight}
          label={t('compare.next')}
          tip={t('common.shortcut', { title: t('compare.next'), keys: ']' })}
          isDisabled={at === count - 1 || count === 0}
          onClick={() => onStep(1)}
        />
      </div>
      <div className={styles['tile']}>
        <img
          src={picture.urls.view}
          alt={t('compare.pictureAlt', { name: picture.name })}
          className={classes(
            styles['image'],
            Math.max(picture.width, picture.height) < fewPixels && styles['pixels'],
          )}
        />
      </div>
      {columns.map((column, index) => {
        const cell = row.cells[index];
        return (
          <section key={column.key} className={styles['answers']} aria-label={column.name}>
            <h3 className={styles['version']}>
              <ColumnMark column={column} />
              <span className={styles['cut']} title={column.title}>
                {column.head.version}
              </span>
              {column.isBaseline && <span className={styles['baseline']}>{t('compare.baseline')}</span>}
            </h3>
            {column.head.model !== '' && (
              <p className={styles['model']} title={column.title}>
                {column.head.model}
              </p>
            )}
            {cell?.kind === 'answered' ? (
              <ul>
                {cell.answer.top.slice(0, topClasses).map(({ index: place, label, probability }) => (
                  <li key={place} className={styles['class']}>
                    <span className={styles['cut']} title={label}>
                      {shortenerFor(cell.answer.classes.labels)(label)}
                    </span>
                    <span className={styles['bar']}>
                      <ProbabilityBar fraction={probability} style={column.colour} />
                    </span>
                    <span className={styles['number']}>{format.fixed(probability, 2)}</span>
                  </li>
                ))}
              </ul>
            ) : (
              <p className={styles['none']}>{t('compare.notAnswered')}</p>
            )}
          </section>
        );
      })}
      <section className={styles['tensors']} aria-labelledby="tensors">
        <SectionHead id="tensors" title={t('compare.whatEachGets')} />
        <div className={styles['grid']}>
          {columns.map((column) => (
            <TensorThumb key={column.key} column={column} picture={picture} />
          ))}
        </div>
      </section>
    </aside>
  );
}

function TensorThumb({ column, picture }: { readonly column: ColumnView; readonly picture: Picture }) {
  const { t } = useServices();
  const { model, version, mark, title, description } = column;
  const preprocessing = description?.preprocessing ?? null;
  const isAble = column.state?.lifecycle === 'available' && preprocessing !== null;
  const request = useMemo(
    () => (isAble ? { model, version, picture: picture.id, channel: 'all' as const } : null),
    [isAble, model, version, picture.id],
  );
  const { shown } = useInputView(request);
  if (preprocessing === null) return null;
  const how = shortWords(t, preprocessing);
  return (
    <figure className={styles['tensor']}>
      <div className={styles['tile']}>
        {shown && (
          <img
            src={shown.url}
            alt={t('compare.tensorAlt', { column: title, name: picture.name, how })}
            className={classes(styles['image'], shown.view.width < fewPixels && styles['pixels'])}
          />
        )}
      </div>
      <figcaption className={styles['caption']} title={how}>
        {t('compare.tensorCaption', { mark, how })}
      </figcaption>
    </figure>
  );
}
