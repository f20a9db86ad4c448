import { scaleLinear } from '@visx/scale';
import { area, line } from '@visx/shape';
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useState } from 'react';
import type { RouteFigures } from '../../../app/contract/route-figures';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { lookOf } from './arm-look';
import { splitWords } from './route-words';
import styles from './SeriesChart.module.css';
import { peakOf, type Series, type SeriesStep, totalOf } from './series';
import { useRouteEditor } from './use-route-editor';

export interface SeriesChartProps {
  readonly series: Series;
  readonly changes: RouteFigures['changes'];
}

const width = 600;
const height = 72;
/** Two marks nearer than this (per cent of the width) would write over each other: the earlier one keeps its line only. */
const nearest = 22;
const fifths = [0, 0.2, 0.4, 0.6, 0.8] as const;

interface Point {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** Requests a second, stacked by arm, in steps; a line wherever the route was changed. Arrows walk the steps. */
export function SeriesChart({ series, changes }: SeriesChartProps) {
  const { t, format } = useServices();
  const { looks } = useRouteEditor();
  const [at, setAt] = useState<number | null>(null);
  const tipId = useId();
  const { steps, arms } = series;
  const first = steps[0];
  const last = steps.at(-1);
  const peak = peakOf(series);
  const layers = useMemo(() => stack(series), [series]);
  if (first === undefined || last === undefined) return null;

  const x = scaleLinear<number>({ domain: [first.fromMs, last.toMs], range: [0, width] });
  const y = scaleLinear<number>({ domain: [0, Math.max(peak, 1e-9)], range: [height, 0], nice: 2 });
  const top = peak === 0 ? 1 : (y.domain()[1] ?? 1);
  const percent = (atMs: number): number => (x(atMs) / width) * 100;
  const shapeOf = area<Point>({ x: (p) => x(p.x), y0: (p) => y(p.low), y1: (p) => y(p.high) });
  const edgeOf = line<Point>({
    x: (p) => x(p.x),
    y: (p) => y(p.high),
    defined: (p) => p.high > p.low, // an arm that gets nothing would draw over the one below
  });
  const step = at === null ? undefined : steps[Math.min(at, steps.length - 1)];
  const rate = (value: number): string => format.number(value, value < 10 ? 1 : 0);
  const summary = t('routes.chart', {
    peak: rate(peak),
    arms: format.list(arms.map((arm) => lookOf(looks, arm).name)),
    count: arms.length,
    changes: changes.length,
  });

  const walk = (event: KeyboardEvent): void => {
    const from = at ?? steps.length;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (event.key === 'Escape' && at !== null) {
      event.stopPropagation();
      setAt(null);
    }
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.min(steps.length - 1, Math.max(0, to)));
  };
  const point = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    setAt(Math.min(steps.length - 1, Math.max(0, Math.floor(part * steps.length))));
  };
  const shownChanges = changes.filter(({ atMs }) => atMs >= first.fromMs && atMs <= last.toMs);

  return (
    <div className={styles['plot']}>
      <div
        className={styles['canvas']}
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows walk the steps
        tabIndex={0}
        aria-label={summary}
        aria-describedby={step ? tipId : undefined}
        onKeyDown={walk}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
      >
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          <path
            className={styles['grid']}
            d={`M0 ${height}H${width}M0 ${height / 2}H${width}M0 0H${width}`}
          />
          {layers.map(({ arm, points }) => (
            <g key={arm} style={lookOf(looks, arm).style}>
              <path className={styles['area']} d={shapeOf(points) ?? ''} />
              <path className={styles['edge']} d={edgeOf(points) ?? ''} />
            </g>
          ))}
        </svg>
        {shownChanges.map(({ atMs, split }, index) => {
          const next = shownChanges[index + 1];
          const place = percent(atMs);
          const isCrowded = next !== undefined && percent(next.atMs) - place < nearest;
          const words = t('routes.changeMark', { split: splitWords(split, format) });
          return (
            <span
              key={atMs}
              className={classes(
                place > 78 ? styles['lateMark'] : styles['mark'],
                isCrowded && styles['crowded'],
              )}
              style={{ insetInlineStart: `${place}%` }}
              title={`${words}, ${format.time(atMs)}`}
            >
              {!isCrowded && <span>{words}</span>}
            </span>
          );
        })}
        {step && <Tip id={tipId} step={step} arms={arms} place={percent((step.fromMs + step.toMs) / 2)} />}
      </div>
      <div className={styles['yAxis']} aria-hidden="true">
        <span>{t('routes.perSecond', { rate: rate(top) })}</span>
        <span>{rate(top / 2)}</span>
        <span>0</span>
      </div>
      <div className={styles['xAxis']} aria-hidden="true">
        {fifths.map((part) => (
          <span key={part} style={{ insetInlineStart: `${part * 100}%` }}>
            {format.time(first.fromMs + (last.toMs - first.fromMs) * part)}
          </span>
        ))}
        <span style={{ insetInlineStart: '100%' }}>{t('lifecycle.now')}</span>
      </div>
    </div>
  );
}

/** Each arm's layer, as corners: a step is flat. */
function stack({ arms, steps }: Series): { readonly arm: string; readonly points: Point[] }[] {
  return arms.map((arm, index) => ({
    arm,
    points: steps.flatMap(({ fromMs, toMs, perSecond }) => {
      const low = perSecond.slice(0, index).reduce((sum, value) => sum + value, 0);
      const high = low + (perSecond[index] ?? 0);
      return [
        { x: fromMs, low, high },
        { x: toMs, low, high },
      ];
    }),
  }));
}

interface TipProps {
  readonly id: string;
  readonly step: SeriesStep;
  readonly arms: readonly string[];
  readonly place: number;
}

function Tip({ id, step, arms, place }: TipProps) {
  const { t, format } = useServices();
  const { looks } = useRouteEditor();
  const number = (value: number): string => format.fixed(value, 1);
  return (
    <div
      id={id}
      role="status"
      className={place > 50 ? styles['tipBefore'] : styles['tip']}
      style={{ insetInlineStart: `${place}%` }}
    >
      <strong>{format.time(step.fromMs)}</strong>
      {arms.map((arm, at) => (
        <span key={arm}>
          {t('routes.tip', { arm: lookOf(looks, arm).name, rate: number(step.perSecond[at] ?? 0) })}
        </span>
      ))}
      <span>{t('routes.tip', { arm: t('routes.together'), rate: number(totalOf(step)) })}</span>
    </div>
  );
}
