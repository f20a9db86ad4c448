import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { ErrorView } from '../../ui/ErrorView';
import { PaneHead } from '../../ui/Panel';
import { AddressSection } from './AddressSection';
import { CallSection } from './CallSection';
import styles from './EndpointsArea.module.css';
import { EndpointsBadge } from './EndpointsBadge';
import { FiguresSection } from './FiguresSection';
import { OffState } from './OffState';
import { RequestsTable } from './RequestsTable';
import { TokensSection } from './TokensSection';

/** The area Endpoints: how programs reach the models, who may, how to call, and what was asked. */
export function EndpointsArea() {
  const { t, endpoints, toasts } = useServices();
  const { problem, status } = useStore(endpoints.store, (state) => state.state);
  const isAsking = useStore(endpoints.store, (state) => state.isAsking);
  const turn = useMemo(
    () => (isOn: boolean) => {
      endpoints.set({ isOn }).catch(toasts.fail);
    },
    [endpoints, toasts],
  );
  const isOn = useStore(endpoints.store, (state) => state.isShownOn);
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title" className={styles['area']}>
      <PaneHead>
        <h1 id="title">{t('endpoints.title')}</h1>
        <EndpointsBadge status={status} />
        <span className={styles['grow']} />
        {isOn && (
          <Button isBusy={isAsking || status !== 'on'} onClick={() => turn(false)}>
            {t('endpoints.turnOff')}
          </Button>
        )}
      </PaneHead>
      <div className={styles['scroll']} data-region="">
        {problem && (
          <div className={styles['problem']}>
            <ErrorView error={problem} onRetry={() => turn(true)} />
          </div>
        )}
        {isOn ? (
          <>
            <AddressSection />
            <FiguresSection />
            <CallSection />
            <TokensSection />
            <RequestsTable />
          </>
        ) : (
          <OffState isBusy={isAsking || status === 'starting'} onTurnOn={() => turn(true)} />
        )}
      </div>
    </main>
  );
}
