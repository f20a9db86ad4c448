import { Ellipsis, Flag, FlaskConical, X } from 'lucide-react';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { Menu } from '../../ui/Menu';
import { StateBadge } from '../../ui/StateBadge';
import styles from './ColumnHead.module.css';
import { ColumnMark } from './ColumnMark';
import type { ColumnView } from './column-view';

export interface ColumnHeadProps {
  readonly column: ColumnView;
  readonly onRemove: () => void;
}

/** `columnheader` "Version 2, baseline": which version, what it is, and what can be done with it. */
export function ColumnHead({ column, onRemove }: ColumnHeadProps) {
  const { t, actions, compare, router } = useServices();
  const { key, model, version, title, head, name, isBaseline, state } = column;
  return (
    <th scope="col" aria-label={name} className={styles['head']}>
      <div className={styles['parts']}>
        <ColumnMark column={column} />
        <strong className={styles['title']} title={title}>
          {head.version}
        </strong>
        {isBaseline && <span className={styles['chip']}>{t('compare.baseline')}</span>}
        <span className={styles['menu']}>
          <Menu
            trigger={
              <IconButton size="sm" icon={Ellipsis} label={t('compare.columnMenu', { column: title })} />
            }
            entries={[
              {
                id: 'baseline',
                label: t('compare.makeBaseline'),
                icon: Flag,
                unavailable: isBaseline ? t('compare.isBaseline') : null,
                onChoose: () => compare.setBaseline(key),
              },
              {
                id: 'playground',
                label: t('compare.openInPlayground'),
                icon: FlaskConical,
                onChoose: () => router.navigate({ area: 'playground', model, version }),
              },
              {
                id: 'remove',
                label: t('compare.removeColumn'),
                icon: X,
                startsGroup: true,
                onChoose: onRemove,
              },
            ]}
          />
        </span>
        <span className={styles['about']}>
          {head.model !== '' && (
            <span className={styles['model']} title={title}>
              {head.model}
            </span>
          )}
          <ColumnNote column={column} />
          {state && state.lifecycle !== 'available' && (
            <>
              <StateBadge state={state.lifecycle} />
              {(state.lifecycle === 'onDisk' || state.lifecycle === 'unloaded') && (
                <Button
                  size="sm"
                  look="link"
                  aria-label={t('compare.loadVersion', { version })}
                  onClick={() => void actions.load({ model, version })}
                >
                  {t('compare.load')}
                </Button>
              )}
              {state.lifecycle === 'failed' && (
                <Button size="sm" look="link" onClick={() => void actions.retry({ model, version })}>
                  {t('common.tryAgain')}
                </Button>
              )}
            </>
          )}
        </span>
      </div>
    </th>
  );
}

/** What is worth knowing of a version at a glance; what keeps it from being compared comes first. */
function ColumnNote({ column: { head, state, shared, description } }: { readonly column: ColumnView }) {
  const { t } = useServices();
  if (state === undefined) return <span className={styles['problem']}>{t('compare.gone')}</span>;
  if (state.lifecycle !== 'available') return null;
  if (description?.notClassifier) {
    return <span className={styles['problem']}>{t('compare.whyNot.notClassifier')}</span>;
  }
  if (shared) {
    return (
      <span className={styles['problem']}>
        {t('compare.otherClasses', { shared: shared.count, count: shared.of })}
      </span>
    );
  }
  if (description === undefined || head.model !== '') return null;
  const dtype = description.inputs[0]?.dtype ?? '';
  const kind = t('compare.kind', { producer: description.producer, dtype });
  return (
    <span className={styles['note']} title={kind}>
      {description.producer === '' ? dtype : kind}
    </span>
  );
}
