import { useStore } from 'zustand';
import { useServices } from '../../services';
import { ShortcutTables } from '../../shell/ShortcutSheet';
import { SegmentedControl } from '../../ui/SegmentedControl';
import styles from './SettingLine.module.css';

/** Single letters can be switched off; all shortcuts stand below. */
export function ShortcutsSection({ isWhole }: { readonly isWhole: boolean }) {
  const { t, ui } = useServices();
  const hasSingleKeys = useStore(ui, (state) => state.singleKeys);
  return (
    <>
      <fieldset className={styles['line']} aria-label={t('settings.singleKeys')}>
        <div className={styles['words']}>
          <span className={styles['name']}>{t('settings.singleKeys')}</span>
          <p className={styles['help']}>{t('settings.singleKeys.help')}</p>
        </div>
        <div className={styles['control']}>
          <SegmentedControl
            label={t('settings.singleKeys')}
            value={hasSingleKeys ? 'on' : 'off'}
            onChange={(value) => ui.setState({ singleKeys: value === 'on' })}
            segments={[
              { value: 'on', label: t('settings.singleKeys.on') },
              { value: 'off', label: t('settings.singleKeys.off') },
            ]}
          />
          <span className={styles['default']}>
            {t('settings.default', { value: t('settings.singleKeys.on') })}
          </span>
        </div>
      </fieldset>
      {isWhole && <ShortcutTables isFlush />}
    </>
  );
}
