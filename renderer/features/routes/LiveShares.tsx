import { ChartNoAxesCombined, CircleCheck, Table2, TriangleAlert } from 'lucide-react';
import { useId, useState } from 'react';
import type { RouteFigures, SplitCheck } from '../../../app/contract/route-figures';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { useNow } from '../../ui/use-now';
import { ArmMark } from './ArmMark';
import { lookOf } from './arm-look';
import styles from './LiveShares.module.css';
import { tellingCheck } from './route-words';
import { SeriesChart } from './SeriesChart';
import { SeriesTable } from './SeriesTable';
import { ShareMeter } from './ShareMeter';
import { seriesOf } from './series';
import { useRouteEditor } from './use-route-editor';
import type { FiguresWindow } from './use-route-figures';

export interface LiveSharesProps {
  readonly figures: RouteFigures;
  readonly window: FiguresWindow;
  readonly onWindow: (window: FiguresWindow) => void;
}

const windows: readonly FiguresWindow[] = ['5min', '1h'];
const tickMs = 10_000;

/** Who gets how much now, whether the split is kept, and how it went over time. */
export function LiveShares({ figures, window, onWindow }: LiveSharesProps) {
  const { t, format } = useServices();
  const { looks } = useRouteEditor();
  const [isTable, setTable] = useState(false);
  const captionId = useId();
  const nowMs = useNow(tickMs);
  const served = figures.arms.filter(({ requests }) => requests > 0);
  const series = seriesOf(figures);
  return (
    <figure className={styles['figure']} aria-labelledby={captionId}>
      <figcaption id={captionId}>
        <SectionHead
          title={t('routes.live')}
          note={
            figures.requests > 0 && (
              <span title={format.dateTime(figures.sinceMs)}>
                {t('routes.liveSince', {
                  count: figures.requests,
                  ago: format.relative(figures.sinceMs, Math.max(nowMs, figures.sinceMs)),
                })}
              </span>
            )
          }
        >
          <SegmentedControl<FiguresWindow>
            size="sm"
            kind="view"
            label={t('routes.window')}
            value={window}
            onChange={onWindow}
            segments={windows.map((value) => ({ value, label: t(`routes.window.${value}`) }))}
          />
          <IconButton
            size="sm"
            icon={isTable ? ChartNoAxesCombined : Table2}
            label={isTable ? t('common.showAsChart') : t('common.showAsTable')}
            onClick={() => setTable(!isTable)}
          />
        </SectionHead>
      </figcaption>
      {served.length === 0 ? (
        <p className={styles['quiet']}>{t('routes.quiet')}</p>
      ) : (
        <>
          <ul className={styles['shares']}>
            {served.map(({ arm, requests }) => {
              const look = lookOf(looks, arm);
              return (
                <li key={arm}>
                  <ArmMark look={look} />
                  <span className={styles['armName']} title={look.name}>
                    {look.name}
                  </span>
                  <strong>{format.percent(requests / figures.requests)}</strong>
                  <span className={styles['count']}>{t('routes.requests', { count: requests })}</span>
                </li>
              );
            })}
          </ul>
          <ShareMeter
            shares={served.map(({ arm, requests }) => ({
              look: lookOf(looks, arm),
              share: requests / figures.requests,
            }))}
          />
        </>
      )}
      <KeptLine check={tellingCheck(figures.checks)} />
      {isTable ? (
        <SeriesTable series={series} changes={figures.changes} />
      ) : (
        <SeriesChart series={series} changes={figures.changes} />
      )}
    </figure>
  );
}

/** Whether chance alone explains what an arm got. */
function KeptLine({ check }: { readonly check: SplitCheck | null }) {
  const { t, format } = useServices();
  const { draft, live, looks } = useRouteEditor();
  if (check === null) return null;
  const rules = live?.route.rules ?? draft.rules;
  const rule = rules.find(({ id }) => id === check.rule);
  const percent = (fraction: number): string => format.fixed(fraction * 100, 2);
  const values = {
    arm: lookOf(looks, check.arm).name,
    got: format.number(check.got),
    of: format.number(check.of),
    share: percent(check.got / check.of),
    low: percent(check.low),
    high: percent(check.high),
    rule: rule?.name ?? '',
  };
  const words = check.isKept
    ? t(rule ? 'routes.keptOfRule' : 'routes.kept', values)
    : t(rule ? 'routes.brokenOfRule' : 'routes.broken', values);
  return (
    <p className={classes(styles['kept'], !check.isKept && styles['broken'])}>
      <Icon of={check.isKept ? CircleCheck : TriangleAlert} />
      <span>{words}</span>
    </p>
  );
}
