import { line } from '@visx/shape';
import styles from './EndpointsArea.module.css';

const width = 120;
const height = 24;

export interface SparkProps {
  /** The oldest first; null is a gap. The last second is not over, and not drawn. */
  readonly perSecond: readonly (number | null)[];
  /** The name of the `img`, by the greatest value that is drawn. */
  readonly label: (most: number) => string;
}

/** A line without axes, from 0 to the greatest of its values. */
export function Spark({ perSecond, label }: SparkProps) {
  const values = perSecond.slice(0, -1);
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const path = line<number | null>({
    defined: (value) => value !== null,
    x: (_, at) => at * step,
    y: (value) => height - 1 - ((value ?? 0) / (most || 1)) * (height - 2),
  })(values);
  return (
    <svg
      className={styles['spark']}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label(most)}
    >
      <path d={path ?? ''} />
    </svg>
  );
}
