import { useServices } from '../../services';
import type { ArmLook } from './arm-look';
import styles from './LiveShares.module.css';

export interface ShareMeterProps {
  /** Of 1; together at most 1. */
  readonly shares: readonly { readonly look: ArmLook; readonly share: number }[];
}

/** One bar, as long as all requests: a part for each arm. */
export function ShareMeter({ shares }: ShareMeterProps) {
  const { t, format } = useServices();
  const words = shares.map(({ look, share }) =>
    t('routes.shareOf', { arm: look.name, share: format.percent(share) }),
  );
  return (
    <div className={styles['meter']} role="img" aria-label={format.list(words)}>
      {shares.map(({ look, share }) => (
        <span key={look.id} style={{ ...look.style, inlineSize: `${share * 100}%` }} />
      ))}
    </div>
  );
}
