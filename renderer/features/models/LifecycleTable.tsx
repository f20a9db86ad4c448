import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { StateBadge } from '../../ui/StateBadge';
import tableStyles from '../../ui/Table.module.css';
import { VersionSwatch } from '../../ui/VersionMark';
import styles from './Lifecycle.module.css';
import type { Lane } from './lifecycle-lanes';

export interface LifecycleTableProps {
  readonly model: Model;
  readonly lanes: readonly Lane[];
  readonly nowMs: number;
}

const mostRows = 200;

/** The same as the lanes, as rows: newest first. */
export function LifecycleTable({ model, lanes, nowMs }: LifecycleTableProps) {
  const { t, format } = useServices();
  const rows = lanes
    .flatMap((lane) => lane.segments.map((segment) => ({ ...segment, version: lane.version })))
    .sort((a, b) => b.startMs - a.startMs)
    .slice(0, mostRows);
  return (
    <div className={styles['scroll']}>
      <table
        className={`${tableStyles['table']} ${tableStyles['tight']} ${tableStyles['sticky']}`}
        aria-label={t('lifecycle.table', { model: model.name })}
      >
        <thead>
          <tr>
            <th scope="col">{t('versions.column.version')}</th>
            <th scope="col">{t('lifecycle.column.state')}</th>
            <th scope="col">{t('lifecycle.column.from')}</th>
            <th scope="col">{t('lifecycle.column.to')}</th>
            <th scope="col" className={tableStyles['end']}>
              {t('lifecycle.column.duration')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ version, state, startMs, endMs }) => (
            <tr key={`${version} ${state} ${startMs}`}>
              <th scope="row">
                <span className={tableStyles['line']}>
                  <VersionSwatch version={version} />
                  {version}
                </span>
              </th>
              <td>
                <StateBadge state={state} isInColumn isQuiet />
              </td>
              <td title={format.dateTime(startMs)}>{format.preciseTime(startMs)}</td>
              <td>{endMs === null ? t('lifecycle.now') : format.preciseTime(endMs)}</td>
              <td className={tableStyles['end']}>{format.duration((endMs ?? nowMs) - startMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
