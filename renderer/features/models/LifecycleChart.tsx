import type { CSSProperties } from 'react';
import type { Lifecycle, Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { VersionMark } from '../../ui/VersionMark';
import styles from './Lifecycle.module.css';
import { type Handover, handoversOf, type Lane, memorySteps, within } from './lifecycle-lanes';

export interface LifecycleChartProps {
  readonly model: Model;
  readonly lanes: readonly Lane[];
  readonly fromMs: number;
  readonly toMs: number;
}

const barClass: Readonly<Record<Lifecycle, string>> = {
  onDisk: 'onDisk',
  waiting: 'waiting',
  loading: 'loading',
  available: 'available',
  unloading: 'unloading',
  unloaded: 'unloaded',
  failed: 'failed',
};

/** Bars per state on a lane per version, the memory they took below, time on the axis. */
export function LifecycleChart({ model, lanes, fromMs, toMs }: LifecycleChartProps) {
  const { t, format } = useServices();
  const percent = (atMs: number): number => ((atMs - fromMs) / (toMs - fromMs)) * 100;
  const place = (startMs: number, endMs: number): CSSProperties => ({
    insetInlineStart: `min(${percent(startMs)}%, 100% - 3px)`, // the least width of a bar: none passes now
    inlineSize: `${percent(endMs) - percent(startMs)}%`,
  });
  const overlaps = handoversOf(lanes, toMs)
    .filter(({ endMs }) => endMs > fromMs)
    .map((each) => ({ ...each, startMs: Math.max(each.startMs, fromMs) }));
  const bytesOf = (version: number): number => {
    const each = model.versions.find((candidate) => candidate.version === version);
    return each?.residentBytes ?? each?.estimatedBytes ?? 0;
  };
  const steps = memorySteps(lanes, bytesOf, fromMs, toMs);
  const peak = Math.max(0, ...steps.map(({ bytes }) => bytes));
  const hasMemory = peak > 0;
  const summary = lanes.map((lane) => {
    const states = within(lane, fromMs, toMs).map(({ state, startMs }) =>
      t('lifecycle.stateFrom', { state: t(`state.${state}`), time: format.time(startMs) }),
    );
    return t('lifecycle.sentence', { version: lane.version, states: format.list(states) });
  });

  return (
    <div className={styles['chart']} role="img" aria-label={summary.join(' ')}>
      <div>
        {lanes.map((lane) => (
          <div key={lane.version} className={styles['label']}>
            <VersionMark version={lane.version} />
          </div>
        ))}
        {hasMemory && (
          <div className={styles['memoryLabel']}>
            {t('lifecycle.memory')}
            <span className={styles['peak']}>{t('lifecycle.peak', { bytes: format.bytes(peak) })}</span>
          </div>
        )}
      </div>
      <div className={styles['lanes']}>
        {overlaps.map((overlap) => (
          <span
            key={`${overlap.from} ${overlap.to} ${overlap.endMs}`}
            className={styles['overlap']}
            style={place(overlap.startMs, overlap.endMs)}
          />
        ))}
        {lanes.map((lane) => (
          <div key={lane.version} className={styles['lane']}>
            {within(lane, fromMs, toMs).map(({ state, startMs, endMs }) => (
              <span
                key={`${state} ${startMs}`}
                className={classes(styles['bar'], styles[barClass[state]])}
                style={place(startMs, endMs)}
                title={t('lifecycle.bar', {
                  state: t(`state.${state}`),
                  duration: format.duration(endMs - startMs),
                })}
              >
                <span className={styles['word']}>{t(`state.${state}`)}</span>
              </span>
            ))}
          </div>
        ))}
        {hasMemory && <MemoryLane steps={steps} peak={peak} fromMs={fromMs} toMs={toMs} />}
        <span className={styles['now']} />
      </div>
      <Axis fromMs={fromMs} toMs={toMs} overlap={overlaps.at(-1)} percent={percent} />
    </div>
  );
}

const viewWidth = 1000;
const viewHeight = 32;

interface MemoryLaneProps {
  readonly steps: readonly { readonly atMs: number; readonly bytes: number }[];
  readonly peak: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function MemoryLane({ steps, peak, fromMs, toMs }: MemoryLaneProps) {
  const x = (atMs: number): number => ((atMs - fromMs) / (toMs - fromMs)) * viewWidth;
  const y = (bytes: number): number => viewHeight - 1 - (bytes / peak) * 27;
  const line = steps
    .map(
      ({ atMs, bytes }, index) => `${index === 0 ? 'M' : 'H'}${x(atMs)}${index === 0 ? ' ' : 'V'}${y(bytes)}`,
    )
    .join('');
  const outline = `${line}H${viewWidth}`;
  return (
    <div className={styles['memory']}>
      <svg viewBox={`0 0 ${viewWidth} ${viewHeight}`} preserveAspectRatio="none" aria-hidden="true">
        <path className={styles['area']} d={`${outline}V${viewHeight}H0Z`} />
        <path className={styles['line']} d={outline} />
      </svg>
    </div>
  );
}

interface AxisProps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly overlap: Handover | undefined;
  readonly percent: (atMs: number) => number;
}

const thirds = [1 / 3, 2 / 3] as const;
/** Two words of an axis nearer than this (per cent of its width) would touch. */
const nearest = 11;

function Axis({ fromMs, toMs, overlap, percent }: AxisProps) {
  const { t, format } = useServices();
  const isShort = toMs - fromMs <= 60_000;
  const pick = overlap && Math.min(88, Math.max(16, percent((overlap.startMs + overlap.endMs) / 2)));
  return (
    <div className={styles['axis']}>
      <span className={styles['first']} style={{ insetInlineStart: 0 }}>
        {format.time(fromMs)}
      </span>
      {thirds
        .filter((part) => pick === undefined || Math.abs(part * 100 - pick) > nearest)
        .map((part) => {
          const time = format.time(fromMs + (toMs - fromMs) * part);
          return (
            <span key={part} style={{ insetInlineStart: `${part * 100}%` }}>
              {isShort ? time.slice(-3) : time}
            </span>
          );
        })}
      {pick !== undefined && (
        <span className={styles['pick']} style={{ insetInlineStart: `${pick}%` }}>
          {t('lifecycle.both')}
        </span>
      )}
      <span className={styles['last']} style={{ insetInlineStart: '100%' }}>
        {t('lifecycle.now')}
      </span>
    </div>
  );
}
