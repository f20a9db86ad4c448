import { useStore } from 'zustand';
import { useServices } from '../../services';
import { CheckBox } from '../../ui/CheckBox';
import styles from './EndpointsArea.module.css';

/** Must callers have a token? From the network always. */
export function TokenChoice() {
  const { t, endpoints, toasts } = useServices();
  const { needsToken, reach } = useStore(endpoints.store, (state) => state.state.settings);
  const isForced = reach === 'network';
  return (
    <div className={styles['choice']}>
      <CheckBox
        label={t('endpoints.needsToken')}
        isChecked={needsToken || isForced}
        isDisabled={isForced}
        onChange={(next) => void endpoints.set({ needsToken: next }).catch(toasts.fail)}
      >
        {t('endpoints.needsToken')}
      </CheckBox>
    </div>
  );
}
