import { Ghost, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { NumberField } from '../../ui/NumberField';
import { Switch } from '../../ui/Switch';
import { ArmPicker } from './ArmPicker';
import { lookOf } from './arm-look';
import { DifferingDialog } from './DifferingDialog';
import { Problems } from './Problems';
import { problemsUnder } from './problem-places';
import { RuleFrame } from './RuleFrame';
import styles from './Rules.module.css';
import { useRouteEditor } from './use-route-editor';

/** Which arm gets copies, how many, and how often it agrees with the answers given. */
export function ShadowCard() {
  const { t, format, routeActions } = useServices();
  const { name, live, draft, looks, figures, problems, change } = useRouteEditor();
  const [isListing, setListing] = useState(false);
  const { shadow } = draft;
  if (shadow === null) return null;
  const set = (next: typeof shadow | null): void => change((before) => ({ ...before, shadow: next }));
  const isLive = live?.route.shadow?.arm === shadow.arm;
  const counts = isLive && figures?.shadow?.arm === shadow.arm ? figures.shadow : null;
  const turn = (isOn: boolean): void => {
    if (name !== null && isLive) void routeActions.switchShadow(name, isOn);
    else set({ ...shadow, isOn });
  };
  return (
    <RuleFrame
      number={Ghost}
      label={t('routes.shadow')}
      head={
        <>
          <strong>{t('routes.shadow')}</strong>
          <span className={styles['note']}>{t('routes.shadowText')}</span>
        </>
      }
      actions={
        <>
          <Switch
            label={t('routes.shadowSwitch', { arm: lookOf(looks, shadow.arm).name })}
            isOn={shadow.isOn}
            onChange={turn}
          />
          <IconButton size="sm" icon={Trash2} label={t('routes.removeShadow')} onClick={() => set(null)} />
        </>
      }
    >
      <div className={styles['fields']}>
        <ArmPicker
          label={t('routes.shadowArm')}
          value={shadow.arm}
          onChange={(arm) => set({ ...shadow, arm })}
        />
        <span>{t('routes.shadowGets')}</span>
        <NumberField
          label={t('routes.shadowPercent')}
          value={shadow.percent}
          least={0}
          most={100}
          decimals={2}
          unit="%"
          problem={t('routes.weightBad')}
          className={styles['number']}
          onChange={(percent) => set({ ...shadow, percent })}
        />
        <span>{t('routes.shadowRequests')}</span>
      </div>
      {counts && (
        <div className={styles['line']}>
          <span className={styles['words']}>
            {counts.compared === 0
              ? t('routes.shadowNothing', { copied: counts.copied })
              : t('routes.shadowAgrees', {
                  compared: format.number(counts.compared),
                  share: format.percent(counts.agreed / counts.compared),
                })}
            {counts.failed > 0 && ` ${t('routes.shadowFailed', { count: counts.failed })}`}
            {counts.dropped > 0 && ` ${t('routes.shadowDropped', { count: counts.dropped })}`}
          </span>
          <span className={styles['gap']} />
          {counts.differed > 0 && name !== null && (
            <Button size="sm" look="link" onClick={() => setListing(true)}>
              {t('routes.openDiffering', { count: counts.differed })}
            </Button>
          )}
        </div>
      )}
      <Problems problems={problemsUnder(problems, 'shadow')} />
      {isListing && name !== null && (
        <DifferingDialog route={name} count={counts?.differed ?? 0} onClose={() => setListing(false)} />
      )}
    </RuleFrame>
  );
}
