import { Clock, Tag } from 'lucide-react';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import styles from './LabelChips.module.css';

export interface LabelChipsProps {
  readonly model: Model;
  readonly version: number;
}

/** The labels that point at a version, or are about to; those that wait for an available version are marked. */
export function LabelChips({ model, version }: LabelChipsProps) {
  const { t } = useServices();
  const labels = model.labels.filter((each) => each.version === version || each.appliedVersion === version);
  if (labels.length === 0) return null;
  return (
    <span className={styles['chips']}>
      {labels.map((each) => {
        const { label } = each;
        const isPending = each.isPending && each.version === version;
        const name = isPending
          ? t('labels.chipPending', { label, version })
          : each.isPending
            ? t('labels.chipLeaving', { label, version: each.version })
            : t('labels.chip', { label });
        return (
          <span key={label} className={classes(styles['chip'], isPending && styles['pending'])} title={name}>
            <Icon of={isPending ? Clock : Tag} size={12} />
            <span className="visually-hidden">{name}</span>
            <span className={styles['text']} aria-hidden="true">
              {label}
            </span>
          </span>
        );
      })}
    </span>
  );
}
