import type { InferenceNote } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import styles from './CertaintyChip.module.css';

/** How sure an inferred setting is, in a word; what is not certain stands out. */
export function CertaintyChip({ certainty }: { readonly certainty: InferenceNote['certainty'] }) {
  const { t } = useServices();
  return (
    <span className={classes(styles['chip'], styles[certainty])}>
      {t(`playground.certainty.${certainty}`)}
    </span>
  );
}
