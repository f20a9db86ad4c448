import { useState } from 'react';
import type { Description } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { FindPreprocessing } from '../preparation/FindPreprocessing';
import { PreparationQuestion } from '../preparation/PreparationQuestion';
import { usePreparation } from '../preparation/use-preparation';
import styles from './VersionsTable.module.css';

export interface PreparationRowProps {
  readonly description: Description;
  readonly columns: number;
}

/** The question under a loaded version of which something was guessed. */
export function PreparationRow({ description, columns }: PreparationRowProps) {
  const { t } = useServices();
  const { keep } = usePreparation(description);
  const [isFinding, setFinding] = useState(false);
  return (
    <tr className={styles['reason']} aria-label={t('preparation.row', { version: description.version })}>
      <td colSpan={columns}>
        <PreparationQuestion description={description} onKeep={keep} onFind={() => setFinding(true)} />
        {isFinding && (
          <FindPreprocessing description={description} onKeep={keep} onClose={() => setFinding(false)} />
        )}
      </td>
    </tr>
  );
}
