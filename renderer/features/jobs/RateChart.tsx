import { scaleLinear } from '@visx/scale';
import { area, line } from '@visx/shape';
import { ChartLine, Table2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { JobView } from '../../../app/contract/job-calls';
import type { RatePoint } from '../../../app/contract/jobs';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import tableStyles from '../../ui/Table.module.css';
import { isOver } from './job-state';
import { itemKind } from './job-words';
import styles from './RateChart.module.css';
import { rateAxis, rateFinding } from './rate-chart';

export interface RateChartProps {
  readonly job: JobView;
  readonly rates: readonly RatePoint[];
}

/** Items a second over the job's running time, with the finding in its caption, or the same as a table. */
export function RateChart({ job, rates }: RateChartProps) {
  const { t } = useServices();
  const captionId = useId();
  const [isTable, setTable] = useState(false);
  const finding = useFinding(rates);
  const kind = itemKind(job);
  return (
    <figure aria-labelledby={captionId}>
      <figcaption id={captionId}>
        <SectionHead title={t('jobs.perSecond', { kind })} note={finding}>
          <IconButton
            size="sm"
            icon={isTable ? ChartLine : Table2}
            label={t(isTable ? 'common.showAsChart' : 'common.showAsTable')}
            isDisabled={rates.length === 0}
            onClick={() => setTable(!isTable)}
          />
        </SectionHead>
      </figcaption>
      {rates.length > 0 &&
        (isTable ? (
          <RateTable job={job} rates={rates} kind={kind} />
        ) : (
          <Chart job={job} rates={rates} kind={kind} finding={finding} />
        ))}
    </figure>
  );
}

function useFinding(rates: readonly RatePoint[]): string {
  const { t, format } = useServices();
  const rounded = (rate: number): string => format.number(rate, rate < 10 ? 1 : 0);
  const finding = rateFinding(rates);
  switch (finding.kind) {
    case 'none':
      return t('jobs.rate.none');
    case 'steady':
      return finding.sinceMs === 0
        ? t('jobs.rate.steadyAll', { rate: rounded(finding.rate) })
        : t('jobs.rate.steady', { rate: rounded(finding.rate), since: format.span(finding.sinceMs) });
    case 'between':
      return t('jobs.rate.between', { least: rounded(finding.least), most: rounded(finding.most) });
  }
}

const width = 1_000;
const height = 80;

interface ChartProps extends RateChartProps {
  readonly kind: string;
  readonly finding: string;
}

function Chart({ job, rates, kind, finding }: ChartProps) {
  const { t, format } = useServices();
  const lastMs = rates.at(-1)?.elapsedMs ?? 0;
  const axis = rateAxis(rates);
  const x = scaleLinear<number>({ domain: [0, Math.max(1, lastMs)], range: [0, width] });
  const y = scaleLinear<number>({ domain: [0, axis[2]], range: [height, 0] });
  // a pace holds for the time before its point, so the first one begins at the start
  const points = [{ elapsedMs: 0, rate: rates[0]?.rate ?? 0 }, ...rates];
  const place = {
    x: ({ elapsedMs }: RatePoint) => x(elapsedMs) ?? 0,
    y: ({ rate }: RatePoint) => y(rate) ?? 0,
  };
  const outline = line<RatePoint>(place)(points) ?? '';
  const filled = area<RatePoint>({ x: place.x, y0: height, y1: place.y })(points) ?? '';
  const summary = t('jobs.rate.summary', { kind, duration: format.span(lastMs), finding });
  const thirds = [1 / 3, 2 / 3].map((part) => part * lastMs);
  return (
    <div className={styles['chart']} role="img" aria-label={summary}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {axis.map((value) => (
          <line key={value} className={styles['grid']} x1={0} x2={width} y1={y(value)} y2={y(value)} />
        ))}
        <path className={styles['area']} d={filled} />
        <path className={styles['line']} d={outline} />
      </svg>
      <div className={styles['values']}>
        {axis.toReversed().map((value) => (
          <span key={value}>{format.number(value, value < 10 ? 1 : 0)}</span>
        ))}
      </div>
      <div className={styles['times']}>
        <span>{format.span(0)}</span>
        {lastMs >= 6_000 && thirds.map((ms) => <span key={ms}>{format.span(ms)}</span>)}
        <span>{t(isOver(job) ? 'jobs.rate.end' : 'jobs.rate.now')}</span>
      </div>
    </div>
  );
}

function RateTable({ job, rates, kind }: Omit<ChartProps, 'finding'>) {
  const { t, format } = useServices();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <div className={styles['scroll']} tabIndex={0}>
      <table
        className={classes(tableStyles['table'], tableStyles['tight'], tableStyles['sticky'])}
        aria-label={t('jobs.rate.table', { title: job.title })}
      >
        <thead>
          <tr>
            <th scope="col">{t('jobs.rate.until')}</th>
            <th scope="col" className={tableStyles['end']}>
              {t('jobs.perSecond', { kind })}
            </th>
          </tr>
        </thead>
        <tbody>
          {rates.map(({ elapsedMs, rate }) => (
            <tr key={elapsedMs}>
              <th scope="row">{format.span(elapsedMs)}</th>
              <td className={tableStyles['end']}>{format.fixed(rate, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
