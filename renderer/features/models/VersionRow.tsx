import { Pin, UserRound } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { StateBadge } from '../../ui/StateBadge';
import tableStyles from '../../ui/Table.module.css';
import { VersionSwatch } from '../../ui/VersionMark';
import { useDescription } from '../playground/use-description';
import { guessesOf } from '../preparation/guesses';
import { ChangedRow } from './ChangedRow';
import { FailureRow } from './FailureRow';
import { LabelChips } from './LabelChips';
import { isLoaded } from './model-state';
import { PreparationRow } from './PreparationRow';
import { VersionActions } from './VersionActions';
import { VersionNote } from './VersionNote';
import styles from './VersionsTable.module.css';

export interface VersionRowProps {
  readonly model: Model;
  readonly version: Version;
  readonly nowMs: number;
  readonly isNarrow: boolean;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly hasFocus: boolean;
  readonly rowIndex: number | undefined;
  readonly onFocus: (version: number) => void;
  readonly onToggle: (version: number) => void;
}

/** `row` "digits version 2": where it is in its life, what it takes, what can be done with it. */
export function VersionRow(props: VersionRowProps) {
  const { model, version, nowMs, isNarrow, isSelected, isTabStop, hasFocus, rowIndex, onFocus, onToggle } =
    props;
  const { t, format } = useServices();
  const row = useRef<HTMLTableRowElement>(null);
  const none = t('common.none');
  const bytes = version.residentBytes;
  const failure = version.lifecycle === 'failed' ? version.error : null;
  const hasChanged = (version.isChangedOnDisk || version.isOtherContent) && version.lifecycle === 'available';
  const entry = useDescription(model.name, version.version, version.lifecycle === 'available');
  const description = entry?.kind === 'ready' && version.lifecycle === 'available' ? entry.description : null;
  const isUnsure = description !== null && guessesOf(description, t).length > 0;
  const columns = isNarrow ? 5 : 8;

  useEffect(() => {
    // the commands for the previous and next version move the focus by this
    const table = row.current?.closest('table');
    if (
      hasFocus &&
      table?.contains(document.activeElement) &&
      !row.current?.contains(document.activeElement)
    ) {
      row.current?.focus();
    }
  }, [hasFocus]);

  return (
    <>
      <tr
        ref={row}
        className={classes(
          tableStyles['row'],
          tableStyles['choosable'],
          (failure || hasChanged || isUnsure) && styles['hasReason'],
        )}
        aria-label={t('versions.name', { model: model.name, version: version.version })}
        aria-selected={isSelected}
        aria-rowindex={rowIndex}
        data-row={String(version.version)}
        tabIndex={isTabStop ? 0 : -1}
        onFocus={() => onFocus(version.version)}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) onToggle(version.version);
        }}
      >
        <th scope="row">
          <span className={styles['version']} title={String(version.version)}>
            <VersionSwatch version={version.version} />
            <span>{version.version}</span>
          </span>
        </th>
        <td>
          <span className={styles['state']}>
            <StateBadge state={version.lifecycle} isInColumn />
            {version.isPinned && model.loaded === 'onDemand' && <PinMark />}
            <VersionNote model={model} version={version} nowMs={nowMs} />
            <LabelChips model={model} version={version.version} />
          </span>
        </td>
        {!isNarrow && (
          <td className={classes(!version.isAspired && tableStyles['faint'])}>
            <Wanted version={version} />
          </td>
        )}
        {!isNarrow && <td className={tableStyles['end']}>{format.bytes(version.sizeBytes)}</td>}
        <td className={classes(tableStyles['end'], bytes === null && tableStyles['faint'])}>
          {bytes === null ? none : format.bytes(bytes)}
        </td>
        {!isNarrow && (
          <td className={classes(tableStyles['end'], !isLoaded(version) && tableStyles['faint'])}>
            {version.loadMs === null ? none : format.duration(version.loadMs)}
          </td>
        )}
        <td className={classes(tableStyles['end'], !isLoaded(version) && tableStyles['faint'])}>
          {isLoaded(version) ? format.number(version.inFlight) : none}
        </td>
        <td>
          <VersionActions model={model} version={version} />
        </td>
      </tr>
      {failure && <FailureRow model={model} version={version} error={failure} columns={columns} />}
      {isUnsure && <PreparationRow description={description} columns={columns} />}
      {hasChanged && <ChangedRow model={model} version={version} columns={columns} />}
    </>
  );
}

function PinMark() {
  const { t } = useServices();
  return (
    <span className={styles['pin']} title={t('loading.isPinned')}>
      <Icon of={Pin} size={12} />
      <span className="visually-hidden">{t('loading.isPinned')}</span>
    </span>
  );
}

function Wanted({ version }: { readonly version: Version }) {
  const { t } = useServices();
  const word = version.isAspired ? t('common.yes') : t('common.no');
  if (version.override === null) return word;
  const why = version.override === 'load' ? t('versions.loadedByHand') : t('versions.unloadedByHand');
  return (
    <span className={styles['wanted']} title={why}>
      {word}
      <Icon of={UserRound} size={12} />
      <span className="visually-hidden">{why}</span>
    </span>
  );
}
