import { SquareTerminal } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import styles from './RunHeader.module.css';

/** Copies how a program asks this version; nothing while programs cannot. */
export function CopyAsCurl({ model, version }: { readonly model: string; readonly version: number }) {
  const { t, actions, client, endpoints, toasts } = useServices();
  const isOn = useStore(endpoints.store, ({ state }) => state.status === 'on');
  if (!isOn) return null;
  const copy = async (): Promise<void> =>
    actions.copy((await client.call('endpoints.examples', { model, version })).curl);
  return (
    <Button
      icon={SquareTerminal}
      className={styles['button']}
      aria-label={t('playground.copyAsCurl')}
      title={t('playground.copyAsCurl')}
      onClick={() => void copy().catch(toasts.fail)}
    >
      <span className={styles['label']}>{t('playground.copyAsCurl')}</span>
    </Button>
  );
}
