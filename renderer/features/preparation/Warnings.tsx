import { TriangleAlert } from 'lucide-react';
import type { InferenceNote } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import styles from './Warnings.module.css';

export interface WarningsProps {
  readonly warnings: readonly Pick<InferenceNote, 'reason' | 'params'>[];
  /** Do they change while a person types? */
  readonly isLive?: boolean;
  readonly className?: string | undefined;
}

/** What is doubtful about a preparation or its names; nothing where nothing is. */
export function Warnings({ warnings, isLive = false, className }: WarningsProps) {
  const { reason } = useServices();
  if (warnings.length === 0) return null;
  return (
    <ul className={classes(styles['warnings'], className)} aria-live={isLive ? 'polite' : undefined}>
      {warnings.map((warning) => (
        <li key={`${warning.reason} ${JSON.stringify(warning.params)}`}>
          <Icon of={TriangleAlert} size={14} />
          <span>{reason(warning.reason, warning.params)}</span>
        </li>
      ))}
    </ul>
  );
}
