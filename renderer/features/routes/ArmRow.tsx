import { CircleCheck, CircleSlash, Ellipsis, OctagonPause, Pencil, Play, Trash2 } from 'lucide-react';
import type { ArmFigures } from '../../../app/contract/route-figures';
import type { Arm, RouteProblem } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { Menu } from '../../ui/Menu';
import badge from '../../ui/StateBadge.module.css';
import tableStyles from '../../ui/Table.module.css';
import { ArmName } from './ArmMark';
import styles from './ArmsSection.module.css';
import { type ArmState, lookOf } from './arm-look';
import { Problems } from './Problems';
import { withChangedArm, withoutArm } from './route-draft';
import { useRouteEditor } from './use-route-editor';

export const figureColumns = ['requests', 'failed', 'p95', 'confidence', 'outcome'] as const;
export type FigureColumn = (typeof figureColumns)[number];

const stateLooks = {
  available: { icon: CircleCheck, tone: 'ok' },
  unavailable: { icon: CircleSlash, tone: 'warn' },
  stopped: { icon: OctagonPause, tone: 'idle' },
} as const;

export interface ArmRowProps {
  readonly arm: Arm;
  readonly state: ArmState;
  /** Is it an arm of the route as it is, so that it can be stopped at once? */
  readonly isLive: boolean;
  readonly columns: readonly FigureColumn[];
  readonly problems: readonly RouteProblem[];
  readonly onEdit: () => void;
}

/** One arm, with what is not right with it below. */
export function ArmRow({ arm, state, isLive, columns, problems, onEdit }: ArmRowProps) {
  const { t } = useServices();
  const { looks, draft, figures, name, change } = useRouteEditor();
  const { routeActions } = useServices();
  const look = lookOf(looks, arm.id);
  const { icon, tone } = stateLooks[state];
  const own = figures?.arms.find((each) => each.arm === arm.id);
  const { isStopped } = arm;
  const turn = (): void => {
    if (name !== null && isLive) void routeActions.stopArm(name, arm.id, !isStopped);
    else change((before) => withChangedArm(before, arm.id, { isStopped: !isStopped }));
  };
  return (
    <>
      <tr aria-label={look.name} className={classes(problems.length > 0 && styles['troubled'])}>
        <th scope="row">
          <ArmName look={look} />
        </th>
        <td>
          <span role="status" className={classes(badge['badge'], badge[tone])}>
            <Icon of={icon} size={14} />
            {t(`routes.state.${state}`)}
          </span>
        </td>
        {columns.map((column) => (
          <FigureCell key={column} column={column} figures={own} />
        ))}
        <td className={tableStyles['end']}>
          <span className={styles['actions']}>
            <Button
              size="sm"
              look="quiet"
              icon={isStopped ? Play : OctagonPause}
              aria-label={t(isStopped ? 'routes.startNamed' : 'routes.stopNamed', { arm: look.name })}
              title={t(isStopped ? 'routes.startText' : 'routes.stopText')}
              onClick={turn}
            >
              {t(isStopped ? 'routes.start' : 'routes.stop')}
            </Button>
            <Menu
              trigger={
                <IconButton size="sm" icon={Ellipsis} label={t('routes.moreOfArm', { arm: look.name })} />
              }
              entries={[
                { id: 'edit', icon: Pencil, label: t('routes.changeArm'), onChoose: onEdit },
                {
                  id: 'remove',
                  icon: Trash2,
                  label: t('routes.removeArm'),
                  unavailable: draft.arms.length === 1 ? t('routes.onlyArm') : null,
                  isDanger: true,
                  startsGroup: true,
                  onChoose: () => change((before) => withoutArm(before, arm.id)),
                },
              ]}
            />
          </span>
        </td>
      </tr>
      {problems.length > 0 && (
        <tr>
          <td colSpan={columns.length + 3} className={styles['problems']}>
            <Problems problems={problems} />
          </td>
        </tr>
      )}
    </>
  );
}

function FigureCell({
  column,
  figures,
}: {
  readonly column: FigureColumn;
  readonly figures: ArmFigures | undefined;
}) {
  const { t, format } = useServices();
  const value = figures && cellWords(column, figures);
  return (
    <td className={classes(tableStyles['end'], !value && tableStyles['faint'])} title={value?.title}>
      {value?.text ?? t('common.none')}
    </td>
  );

  function cellWords(which: FigureColumn, of: ArmFigures): { text: string; title?: string } | null {
    const { requests, failed, p50Ms, p95Ms, p99Ms, confidence, outcomes } = of;
    switch (which) {
      case 'requests':
        return {
          text: format.number(requests),
          title: t('routes.cameBy', { fellBack: of.fellBack, overflowed: of.overflowed }),
        };
      case 'failed':
        return { text: format.number(failed) };
      case 'p95':
        if (p95Ms === null || p50Ms === null || p99Ms === null) return null;
        return {
          text: format.duration(p95Ms),
          title: t('routes.percentiles', { p50: format.duration(p50Ms), p99: format.duration(p99Ms) }),
        };
      case 'confidence':
        if (confidence === null) return null;
        return {
          text: format.probability(confidence.mean),
          title: t('routes.confidenceOf', { count: confidence.count }),
        };
      case 'outcome': {
        const { right, wrong } = outcomes;
        if (right + wrong === 0) return null;
        return {
          text: t('routes.rightOf', { right: format.number(right), judged: format.number(right + wrong) }),
          title: t('routes.outcomes', { right, wrong }),
        };
      }
    }
  }
}
