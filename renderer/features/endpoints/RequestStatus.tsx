import { CircleAlert, CircleCheck, OctagonAlert } from 'lucide-react';
import type { ServedRequest } from '../../../app/contract/endpoints';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import badge from '../../ui/StateBadge.module.css';

/** Failures on our side; all others are the caller's. */
const ours: readonly ServedRequest['status'][] = ['INTERNAL', 'UNKNOWN', 'DATA_LOSS', 'UNAVAILABLE'];

/** The number that HTTP gave it, or its status over gRPC. */
export function RequestStatus({ request: { status, httpStatus } }: { readonly request: ServedRequest }) {
  const { t } = useServices();
  const tone = status === 'OK' ? 'ok' : ours.includes(status) ? 'err' : 'warn';
  const words = status === 'OK' ? t('endpoints.ok') : status;
  return (
    <span className={classes(badge['badge'], badge[tone])} title={words}>
      <Icon of={{ ok: CircleCheck, warn: CircleAlert, err: OctagonAlert }[tone]} size={14} />
      {httpStatus ?? words}
    </span>
  );
}
