import { OctagonAlert } from 'lucide-react';
import { memo } from 'react';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import type { ModelColumn } from '../../stores/ui';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { StateBadge } from '../../ui/StateBadge';
import tableStyles from '../../ui/Table.module.css';
import styles from './ModelList.module.css';
import { failedCount, loadedCount, memoryOf, stateOf } from './model-state';
import { modelPolicyWords } from './policy-words';

export interface ModelRowProps {
  readonly model: Model;
  readonly columns: readonly ModelColumn[];
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly rowIndex: number | undefined;
  readonly onChoose: (name: string) => void;
}

/** One model in the list. */
export const ModelRow = memo(function ModelRow({
  model,
  columns,
  isSelected,
  isTabStop,
  rowIndex,
  onChoose,
}: ModelRowProps) {
  const { t } = useServices();
  const state = stateOf(model);
  const failed = state === 'failed' ? 0 : failedCount(model);
  return (
    <tr
      className={classes(tableStyles['row'], tableStyles['choosable'])}
      aria-label={model.name}
      aria-selected={isSelected}
      aria-rowindex={rowIndex}
      data-row={model.name}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onChoose(model.name)}
    >
      <th scope="row" title={model.name}>
        <span className={styles['name']}>
          <span>{model.name}</span>
          {failed > 0 && (
            <span
              role="img"
              className={styles['failed']}
              aria-label={t('models.someFailed', { count: failed })}
              title={t('models.someFailed', { count: failed })}
            >
              <Icon of={OctagonAlert} size={14} />
            </span>
          )}
        </span>
      </th>
      <td>
        <StateBadge state={state} isInColumn />
      </td>
      {columns.map((column) => (
        <Cell key={column} column={column} model={model} />
      ))}
    </tr>
  );
});

function Cell({ column, model }: { readonly column: ModelColumn; readonly model: Model }) {
  const { t, format, now } = useServices();
  switch (column) {
    case 'loaded':
      return (
        <td className={tableStyles['end']}>
          {t('models.loadedOf', { loaded: loadedCount(model), total: model.versions.length })}
        </td>
      );
    case 'memory': {
      const bytes = memoryOf(model);
      return (
        <td className={classes(tableStyles['end'], bytes === null && tableStyles['faint'])}>
          {bytes === null ? t('common.none') : format.bytes(bytes)}
        </td>
      );
    }
    case 'policy':
      return <td>{modelPolicyWords(model, t)}</td>;
    case 'lastUsed':
      return model.lastUsedAtMs === null ? (
        <td className={classes(tableStyles['end'], tableStyles['faint'])}>{t('models.never')}</td>
      ) : (
        <td className={tableStyles['end']} title={format.dateTime(model.lastUsedAtMs)}>
          {format.relative(model.lastUsedAtMs, now())}
        </td>
      );
  }
}
