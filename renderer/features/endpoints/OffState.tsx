import { useStore } from 'zustand';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { type Fact, FactList } from '../../ui/FactList';
import styles from './EndpointsArea.module.css';
import { TokenChoice } from './TokenChoice';

export interface OffStateProps {
  readonly isBusy: boolean;
  readonly onTurnOn: () => void;
}

/** What turning the endpoints on makes reachable, said before it is done. */
export function OffState({ isBusy, onTurnOn }: OffStateProps) {
  const { t, endpoints } = useServices();
  const settings = useStore(endpoints.store, (state) => state.state.settings);
  const { restPort, grpcPort, reach } = settings;
  const facts: Fact[] = [
    ...(restPort === null ? [] : [fact(t('endpoints.rest'), 'endpoints.willRest', restPort)]),
    ...(grpcPort === null ? [] : [fact(t('endpoints.grpc'), 'endpoints.willGrpc', grpcPort)]),
  ];
  function fact(name: string, what: 'endpoints.willRest' | 'endpoints.willGrpc', port: number): Fact {
    return {
      name,
      value: (
        <>
          {t(what)}
          <br />
          <span className={styles['note']}>{t('endpoints.willPort', { port })}</span>
        </>
      ),
    };
  }
  return (
    <section className={styles['off']} aria-labelledby="endpoints-off">
      <h3 id="endpoints-off">{t('endpoints.off')}</h3>
      <p className={styles['lead']}>
        {t(reach === 'network' ? 'endpoints.offTextNetwork' : 'endpoints.offText')}
      </p>
      <h4>{t('endpoints.will')}</h4>
      <FactList facts={facts} />
      <p className={styles['note']}>{t('endpoints.willStay')}</p>
      <TokenChoice />
      <div>
        <Button look="primary" size="lg" isBusy={isBusy} onClick={onTurnOn}>
          {t('endpoints.turnOn')}
        </Button>
      </div>
    </section>
  );
}
