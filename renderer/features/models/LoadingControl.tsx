import type { Loaded } from '../../../app/contract/loading';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Picker } from '../../ui/Picker';
import { SegmentedControl } from '../../ui/SegmentedControl';
import styles from './PolicyControl.module.css';

const minuteMs = 60_000;
const choicesMs = [1, 5, 10, 30, 60, 240].map((minutes) => minutes * minuteMs);
const never = 'never';

/** Whether what the policy asks for is in memory always, or when it is asked, and how long it stays then. Takes effect at once. */
export function LoadingControl({ model }: { readonly model: Model }) {
  const { t, format, actions } = useServices();
  const { loaded, idleUnloadMs } = model;
  const set = (change: Partial<Pick<Model, 'loaded' | 'idleUnloadMs'>>): void =>
    void actions.setLoading(model, { loaded, idleUnloadMs, ...change });
  const times = [...new Set([...choicesMs, ...(idleUnloadMs === null ? [] : [idleUnloadMs])])];

  return (
    <>
      <span className={styles['label']}>{t('loading.label')}</span>
      <div className={styles['line']}>
        <SegmentedControl<Loaded>
          label={t('loading.group')}
          value={loaded}
          onChange={(next) => set({ loaded: next })}
          segments={[
            { value: 'always', label: t('loading.always') },
            { value: 'onDemand', label: t('loading.onDemand') },
          ]}
        />
        {loaded === 'always' ? (
          <span className={styles['help']}>{t('loading.alwaysText')}</span>
        ) : (
          <>
            <span className={styles['help']}>{t('loading.onDemandText')}</span>
            <span className={styles['idle']}>
              <span aria-hidden>{t('loading.idle')}</span>
              <Picker
                label={t('loading.idle')}
                value={idleUnloadMs === null ? never : String(idleUnloadMs)}
                options={[
                  ...times
                    .sort((a, b) => a - b)
                    .map((ms) => ({ value: String(ms), label: format.duration(ms) })),
                  { value: never, label: t('loading.idleNever') },
                ]}
                onChange={(value) => set({ idleUnloadMs: value === never ? null : Number(value) })}
              />
            </span>
          </>
        )}
      </div>
    </>
  );
}
