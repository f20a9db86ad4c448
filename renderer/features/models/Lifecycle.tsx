import { ChartGantt, Table2 } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import type { UiState } from '../../stores/ui';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { useNow } from '../../ui/use-now';
import { useIsNarrower } from '../../ui/use-width';
import { useHistory } from '../events/use-history';
import styles from './Lifecycle.module.css';
import { LifecycleChart } from './LifecycleChart';
import { LifecycleTable } from './LifecycleTable';
import { gapsOf, handoversOf, type Lane, lanesOf, nothingSince, within } from './lifecycle-lanes';

type Span = UiState['lifecycleSpan'];

const spans: Readonly<Record<Span, { readonly ms: number; readonly everyMs: number }>> = {
  '30s': { ms: 30_000, everyMs: 1_000 },
  '5min': { ms: 300_000, everyMs: 5_000 },
  '1h': { ms: 3_600_000, everyMs: 30_000 },
};
const mostLanes = 8;
/** Below this many pixels the switch to the table shrinks to its picture. */
const narrowFigure = 680;

/** Has anything been going on with this version in the window, besides lying on disk? */
const isBusy = (lane: Lane, fromMs: number, toMs: number): boolean =>
  within(lane, fromMs, toMs).some(({ state }) => state !== 'onDisk' && state !== 'unloaded');

/** A lane for each version, time to the right: overlap shows *Keep serving*, a gap shows *Save memory*. */
export function Lifecycle({ model }: { readonly model: Model }) {
  const { t, format, ui } = useServices();
  const { events: log } = useHistory({ model: model.name, version: null, sinceMs: null });
  const span = useStore(ui, (state) => state.lifecycleSpan);
  const figure = useRef<HTMLElement>(null);
  const isNarrow = useIsNarrower(figure, narrowFigure);
  const [isTable, setTable] = useState(false);
  const captionId = useId();
  const tickMs = useNow(spans[span].everyMs);
  // an event newer than the last tick must not fall off the right edge
  const nowMs = Math.max(tickMs, log.at(-1)?.atMs ?? 0, ...model.versions.map(({ sinceMs }) => sinceMs));
  const fromMs = nowMs - spans[span].ms;
  const all = useMemo(() => lanesOf(model, log), [model, log]);
  const lanes = useMemo(
    () => all.filter((lane) => !lane.isGone || isBusy(lane, fromMs, nowMs)),
    [all, fromMs, nowMs],
  );
  const chosen = useMemo(() => {
    if (lanes.length <= mostLanes) return lanes;
    const busy = lanes.filter((lane) => isBusy(lane, fromMs, nowMs));
    return busy.slice(0, mostLanes);
  }, [lanes, fromMs, nowMs]);

  const inSight = ({ endMs }: { readonly endMs: number }): boolean => endMs > fromMs;
  const handover = handoversOf(all, nowMs).filter(inSight).at(-1);
  const gap = gapsOf(all, nowMs).filter(inSight).at(-1);
  const emptySinceMs = nothingSince(all, nowMs);
  const caption = ((): string => {
    if (emptySinceMs !== null) return t('lifecycle.nothing', { time: format.time(emptySinceMs) });
    if (gap && (!handover || gap.endMs > handover.endMs)) {
      return t('lifecycle.gap', { duration: format.duration(gap.endMs - gap.startMs) });
    }
    if (!handover) return '';
    const { from, to, startMs, endMs } = handover;
    return t('lifecycle.handover', { from, to, duration: format.duration(endMs - startMs) });
  })();
  const switchLabel = isTable ? t('common.showAsChart') : t('common.showAsTable');
  const switchIcon = isTable ? ChartGantt : Table2;

  return (
    <figure ref={figure} className={styles['figure']} aria-labelledby={captionId}>
      <figcaption id={captionId}>
        <SectionHead title={t('lifecycle.title')} note={caption}>
          <SegmentedControl<Span>
            size="sm"
            kind="view"
            label={t('lifecycle.span')}
            value={span}
            onChange={(lifecycleSpan) => ui.setState({ lifecycleSpan })}
            segments={(['30s', '5min', '1h'] as const).map((value) => ({
              value,
              label: t(`lifecycle.span.${value}`),
            }))}
          />
          {isNarrow ? (
            <IconButton size="sm" icon={switchIcon} label={switchLabel} onClick={() => setTable(!isTable)} />
          ) : (
            <Button size="sm" look="quiet" icon={switchIcon} onClick={() => setTable(!isTable)}>
              {switchLabel}
            </Button>
          )}
        </SectionHead>
      </figcaption>
      {isTable ? (
        <LifecycleTable model={model} lanes={lanes} nowMs={nowMs} />
      ) : chosen.length === 0 ? (
        <p className={styles['more']}>{t('lifecycle.quiet')}</p>
      ) : (
        <LifecycleChart model={model} lanes={chosen} fromMs={fromMs} toMs={nowMs} />
      )}
      {!isTable && lanes.length > chosen.length && (
        <p className={styles['more']}>{t('lifecycle.more', { count: lanes.length - chosen.length })}</p>
      )}
    </figure>
  );
}
