import { CircleCheck, CircleDashed, CircleDot, Split } from 'lucide-react';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import styles from './AgreementBadge.module.css';
import { type Agreement, agreementKind } from './agreement';

export const agreementIcons = {
  allAgree: CircleCheck,
  disagree: Split,
  someAgree: CircleDot,
  allDiffer: Split,
};

/** How many versions say the same: icon and words, those that differ standing out. */
export function AgreementBadge({ agreement }: { readonly agreement: Agreement | null }) {
  const { t } = useServices();
  if (agreement === null) {
    return (
      <span className={styles['badge']}>
        <Icon of={CircleDashed} size={14} />
        {t('compare.agreement.none')}
      </span>
    );
  }
  const kind = agreementKind(agreement);
  return (
    <span className={classes(styles['badge'], kind !== 'allAgree' && styles['differ'])}>
      <Icon of={agreementIcons[kind]} size={14} />
      {t(`compare.agreement.${kind}`, { ...agreement })}
    </span>
  );
}
