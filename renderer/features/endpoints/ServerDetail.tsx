import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { InspectorButton } from '../../shell/InspectorButton';
import { Button } from '../../ui/Button';
import { DetailPane } from '../../ui/DetailPane';
import { ErrorView } from '../../ui/ErrorView';
import { IconButton } from '../../ui/IconButton';
import { PaneHead } from '../../ui/Panel';
import { AddressSection } from './AddressSection';
import { CallSection } from './CallSection';
import styles from './EndpointsArea.module.css';
import { EndpointsBadge } from './EndpointsBadge';
import { FiguresSection } from './FiguresSection';
import { ModelsTable } from './ModelsTable';
import { OffState } from './OffState';
import { RequestInspector } from './RequestInspector';
import { RequestsTable } from './RequestsTable';
import { TokensSection } from './TokensSection';

/** How programs reach the models, who may, how to call, and what was asked. */
export function ServerDetail({ onBack }: { readonly onBack: (() => void) | null }) {
  const { t, endpoints, toasts, ui } = useServices();
  const [selected, setSelected] = useState<number | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const model = useStore(endpoints.store, ({ figures }) =>
    figures.models.some((each) => each.model === chosen) ? chosen : null,
  );
  const { problem, status } = useStore(endpoints.store, (state) => state.state);
  const isAsking = useStore(endpoints.store, (state) => state.isAsking);
  const isOn = useStore(endpoints.store, (state) => state.isShownOn);
  const turn = (wanted: boolean): void => {
    endpoints.set({ isOn: wanted }).catch(toasts.fail);
  };
  return (
    <DetailPane labelledBy="server-title">
      <PaneHead>
        {onBack && <IconButton icon={ArrowLeft} label={t('endpoints.backToList')} onClick={onBack} />}
        <h2 id="server-title" tabIndex={-1}>
          {t('endpoints.thisComputer')}
        </h2>
        <EndpointsBadge status={status} />
        <span className={styles['grow']} />
        {isOn && (
          <Button isBusy={isAsking || status !== 'on'} onClick={() => turn(false)}>
            {t('endpoints.turnOff')}
          </Button>
        )}
        {isOn && <InspectorButton />}
      </PaneHead>
      <div className={styles['scroll']}>
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
            <ModelsTable chosen={model} onChoose={setChosen} />
            <RequestsTable
              key={model}
              model={model}
              selected={selected}
              onSelect={(number) => {
                setSelected(number);
                ui.setState({ inspectorOpen: true });
              }}
            />
            <RequestInspector number={selected} />
          </>
        ) : (
          <OffState isBusy={isAsking || status === 'starting'} onTurnOn={() => turn(true)} />
        )}
      </div>
    </DetailPane>
  );
}
