import { RadioTower } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import styles from './RouteDetail.module.css';

/** While endpoints are off a route can be built and tried, but no program reaches it. */
export function OffNote() {
  const { t, endpoints, toasts } = useServices();
  const isOn = useStore(endpoints.store, (state) => state.isShownOn);
  const isBusy = useStore(endpoints.store, (state) => state.isAsking);
  if (isOn) return null;
  return (
    <div className={styles['off']}>
      <Icon of={RadioTower} />
      <span>{t('routes.endpointsOff')}</span>
      <Button size="sm" isBusy={isBusy} onClick={() => void endpoints.set({ isOn: true }).catch(toasts.fail)}>
        {t('routes.turnOn')}
      </Button>
    </div>
  );
}
