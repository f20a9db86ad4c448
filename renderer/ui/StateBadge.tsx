import {
  Circle,
  CircleArrowDown,
  CircleCheck,
  Clock,
  HardDrive,
  LoaderCircle,
  type LucideIcon,
  OctagonAlert,
} from 'lucide-react';
import type { Lifecycle } from '../../app/contract/models';
import { useServices } from '../services';
import { classes } from './classes';
import { Icon } from './Icon';
import styles from './StateBadge.module.css';

type Tone = 'idle' | 'info' | 'ok' | 'warn' | 'err';

/** How each state looks: icon, word and colour together, never colour alone. */
export const stateLooks: Readonly<
  Record<Lifecycle, { readonly icon: LucideIcon; readonly tone: Tone; readonly isMoving: boolean }>
> = {
  onDisk: { icon: HardDrive, tone: 'idle', isMoving: false },
  waiting: { icon: Clock, tone: 'idle', isMoving: true },
  loading: { icon: LoaderCircle, tone: 'info', isMoving: true },
  available: { icon: CircleCheck, tone: 'ok', isMoving: false },
  unloading: { icon: CircleArrowDown, tone: 'warn', isMoving: true },
  unloaded: { icon: Circle, tone: 'idle', isMoving: false },
  failed: { icon: OctagonAlert, tone: 'err', isMoving: true },
};

export interface StateBadgeProps {
  readonly state: Lifecycle;
  /** Filled whatever the state, as in headers; otherwise only what moves or needs somebody is filled. */
  readonly isFilled?: boolean;
  /** Pulled out by its padding, so that words line up with plain badges in a column. */
  readonly isInColumn?: boolean;
  /** Not spoken again where the same state already stands in a `status` nearby. */
  readonly isQuiet?: boolean;
}

/** Where a version is in its life. Role `status`: a change is spoken once. */
export function StateBadge({
  state,
  isFilled = false,
  isInColumn = false,
  isQuiet = false,
}: StateBadgeProps) {
  const { t } = useServices();
  const { icon, tone, isMoving } = stateLooks[state];
  const fills = isFilled || isMoving;
  return (
    <span
      role={isQuiet ? undefined : 'status'}
      data-state={state}
      className={classes(
        styles['badge'],
        styles[tone],
        fills && styles['filled'],
        fills && isInColumn && styles['pulled'],
      )}
    >
      <Icon of={icon} size={14} isSpinning={state === 'loading'} />
      {t(`state.${state}`)}
    </span>
  );
}
