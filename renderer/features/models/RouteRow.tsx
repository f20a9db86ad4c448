import { CircleCheck, CircleSlash, Route as RouteIcon } from 'lucide-react';
import { memo } from 'react';
import type { RouteView } from '../../../app/contract/routes';
import { useServices } from '../../services';
import type { ModelColumn } from '../../stores/ui';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import badge from '../../ui/StateBadge.module.css';
import tableStyles from '../../ui/Table.module.css';
import styles from './ModelList.module.css';

export interface RouteRowProps {
  readonly view: RouteView;
  readonly columns: readonly ModelColumn[];
  readonly isTabStop: boolean;
  readonly rowIndex: number | undefined;
  readonly onOpen: (route: string) => void;
}

/** One route among the models: it is called like one, and opens where routes are. */
export const RouteRow = memo(function RouteRow({
  view,
  columns,
  isTabStop,
  rowIndex,
  onOpen,
}: RouteRowProps) {
  const { t } = useServices();
  const { name, arms } = view.route;
  const able = view.arms.filter(({ state }) => state === 'available').length;
  const isAble = able > 0;
  return (
    <tr
      className={classes(tableStyles['row'], tableStyles['choosable'])}
      aria-label={t('models.routeRow', { name })}
      aria-rowindex={rowIndex}
      data-row={name}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onOpen(name)}
    >
      <th scope="row" title={t('models.routeTitle', { name, count: arms.length })}>
        <span className={styles['name']}>
          <Icon of={RouteIcon} size={14} className={styles['route']} />
          <span>{name}</span>
          <span className="visually-hidden">{t('routes.route')}</span>
        </span>
      </th>
      <td>
        <span role="status" className={classes(badge['badge'], badge[isAble ? 'ok' : 'warn'])}>
          <Icon of={isAble ? CircleCheck : CircleSlash} size={14} />
          {t(isAble ? 'routes.state.available' : 'routes.state.unavailable')}
        </span>
      </td>
      {columns.map((column) => (
        <td
          key={column}
          className={classes(
            column !== 'policy' && tableStyles['end'],
            column !== 'loaded' && tableStyles['faint'],
          )}
          title={column === 'loaded' ? t('models.routeLoaded', { able, total: arms.length }) : undefined}
        >
          {column === 'loaded'
            ? t('models.loadedOf', { loaded: able, total: arms.length })
            : t('common.none')}
        </td>
      ))}
    </tr>
  );
});
