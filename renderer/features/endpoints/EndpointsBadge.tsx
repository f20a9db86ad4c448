import { CircleCheck, CircleMinus, LoaderCircle } from 'lucide-react';
import type { EndpointsState } from '../../../app/contract/endpoints';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import badge from '../../ui/StateBadge.module.css';

const looks = {
  on: { icon: CircleCheck, tone: 'ok' },
  off: { icon: CircleMinus, tone: 'idle' },
  starting: { icon: LoaderCircle, tone: 'info' },
  stopping: { icon: LoaderCircle, tone: 'info' },
} as const;

/** `status` "On". */
export function EndpointsBadge({ status }: { readonly status: EndpointsState['status'] }) {
  const { t } = useServices();
  const { icon, tone } = looks[status];
  return (
    <span role="status" className={classes(badge['badge'], badge['filled'], badge[tone])}>
      <Icon of={icon} size={14} isSpinning={icon === LoaderCircle} />
      {t(`endpoints.status.${status}`)}
    </span>
  );
}
