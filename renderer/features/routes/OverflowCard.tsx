import { Trash2, Waves } from 'lucide-react';
import { useServices } from '../../services';
import { IconButton } from '../../ui/IconButton';
import { NumberField } from '../../ui/NumberField';
import { ArmPicker } from './ArmPicker';
import { Problems } from './Problems';
import { problemsUnder } from './problem-places';
import { RuleFrame } from './RuleFrame';
import styles from './Rules.module.css';
import { useRouteEditor } from './use-route-editor';

const mostWaiting = 100_000;

/** Which arm answers in the place of the chosen one while that one's queue is long. */
export function OverflowCard() {
  const { t, format } = useServices();
  const { draft, figures, problems, change } = useRouteEditor();
  const { overflow } = draft;
  if (overflow === null) return null;
  const overflowed = figures?.arms.reduce((sum, arm) => sum + arm.overflowed, 0);
  const set = (next: typeof overflow | null): void => change((before) => ({ ...before, overflow: next }));
  return (
    <RuleFrame
      number={Waves}
      label={t('routes.overflow')}
      head={
        <>
          <strong>{t('routes.overflow')}</strong>
          <span className={styles['note']}>{t('routes.overflowText')}</span>
        </>
      }
      actions={
        <>
          {overflowed !== undefined && (
            <span className={styles['count']}>{t('routes.requests', { count: overflowed })}</span>
          )}
          <IconButton size="sm" icon={Trash2} label={t('routes.removeOverflow')} onClick={() => set(null)} />
        </>
      }
    >
      <div className={styles['fields']}>
        <ArmPicker
          label={t('routes.overflowArm')}
          value={overflow.arm}
          onChange={(arm) => set({ ...overflow, arm })}
        />
        <span>{t('routes.overflowWhen')}</span>
        <NumberField
          label={t('routes.overflowWaiting')}
          value={overflow.whenWaiting}
          least={1}
          most={mostWaiting}
          problem={t('routes.between', { least: '1', most: format.number(mostWaiting) })}
          className={styles['number']}
          onChange={(whenWaiting) => set({ ...overflow, whenWaiting })}
        />
        <span>{t('routes.overflowRequests')}</span>
      </div>
      <Problems problems={problemsUnder(problems, 'overflow')} />
    </RuleFrame>
  );
}
