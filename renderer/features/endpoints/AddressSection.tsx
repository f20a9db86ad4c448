import { Copy, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { EndpointsState } from '../../../app/contract/endpoints';
import type { MessageId } from '../../messages/en';
import { useServices } from '../../services';
import { AlertDialog } from '../../ui/AlertDialog';
import { Button } from '../../ui/Button';
import { CheckBox } from '../../ui/CheckBox';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { NoteBox } from '../../ui/NoteBox';
import { SegmentedControl } from '../../ui/SegmentedControl';
import styles from './EndpointsArea.module.css';
import { PortsDialog } from './PortsDialog';
import { TokenChoice } from './TokenChoice';

type Reach = EndpointsState['settings']['reach'];

const reachWords = ({ reach, needsToken }: EndpointsState['settings']): MessageId => {
  if (reach === 'network') return 'endpoints.reachNetwork';
  return needsToken ? 'endpoints.reachHereToken' : 'endpoints.reachHere';
};

/** Where the endpoints are, who can reach them, and whether a token is asked for. */
export function AddressSection() {
  const { t, endpoints, toasts } = useServices();
  const { settings, rest, grpc, tokenCount } = useStore(endpoints.store, (state) => state.state);
  const [isAsking, setAsking] = useState(false);
  const [isChoosingPorts, setChoosingPorts] = useState(false);
  const setReach = (reach: Reach): void => {
    endpoints.set({ reach }).catch(toasts.fail);
  };
  const isGuarded = settings.needsToken || settings.reach === 'network';
  return (
    <section className={styles['section']} aria-label={t('endpoints.address')}>
      <p className={styles['line']}>
        <Icon of={ShieldCheck} />
        {t(reachWords(settings))}
      </p>
      <dl className={styles['addresses']}>
        <Address kind="rest" at={rest} wanted={settings.restPort} />
        <Address kind="grpc" at={grpc} wanted={settings.grpcPort} />
      </dl>
      <div className={styles['line']}>
        <span className={styles['label']}>{t('endpoints.reach')}</span>
        <SegmentedControl<Reach>
          label={t('endpoints.reach')}
          value={settings.reach}
          onChange={(reach) => (reach === 'network' ? setAsking(true) : setReach(reach))}
          segments={[
            { value: 'thisMachine', label: t('endpoints.reach.thisMachine') },
            { value: 'network', label: t('endpoints.reach.network') },
          ]}
        />
        <TokenChoice />
        <CheckBox
          label={t('endpoints.cors')}
          isChecked={settings.isCorsEnabled}
          onChange={(isCorsEnabled) => void endpoints.set({ isCorsEnabled }).catch(toasts.fail)}
        >
          {t('endpoints.cors')}
        </CheckBox>
        <Button size="sm" onClick={() => setChoosingPorts(true)}>
          {t('endpoints.ports')}
        </Button>
      </div>
      {isChoosingPorts && <PortsDialog settings={settings} onClose={() => setChoosingPorts(false)} />}
      {isGuarded && tokenCount === 0 && (
        <NoteBox tone="warn" icon={TriangleAlert} role="alert" className={styles['warning']}>
          {t('endpoints.noToken')}
        </NoteBox>
      )}
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t('endpoints.reachTitle')}
        text={t('endpoints.reachText')}
        action={t('endpoints.reachAction')}
        onConfirm={() => setReach('network')}
      />
    </section>
  );
}

interface AddressProps {
  readonly kind: 'rest' | 'grpc';
  readonly at: EndpointsState['rest'];
  readonly wanted: number | null;
}

function Address({ kind, at, wanted }: AddressProps) {
  const { t, format, actions } = useServices();
  if (at === null) return null;
  const isOther = wanted !== null && wanted !== at.port;
  return (
    <div>
      <dt>{t(`endpoints.${kind}`)}</dt>
      <dd>
        <span className={styles['mono']}>{at.text}</span>
        {at.others.length > 0 && (
          <span className={styles['note']}>
            {t('endpoints.alsoAt', { addresses: format.list(at.others) })}
          </span>
        )}
        {isOther && <span className={styles['taken']}>{t('endpoints.portTaken', { port: wanted })}</span>}
      </dd>
      <dd>
        <IconButton
          size="sm"
          icon={Copy}
          label={t(kind === 'rest' ? 'endpoints.copyRest' : 'endpoints.copyGrpc')}
          onClick={() => void actions.copy(at.text)}
        />
      </dd>
    </div>
  );
}
