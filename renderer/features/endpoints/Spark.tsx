import { line } from '@visx/shape';
import styles from './EndpointsArea.module.css';

const width = 120;
const height = 24;

export interface SparkProps {
  /** Evenly spaced, the oldest first; null is a gap. */
  readonly values: readonly (number | null)[];
  /** `img` with this name. */
  readonly label: string;
}

/** A line without axes, from 0 to the greatest of its values. */
export function Spark({ values, label }: SparkProps) {
  const most = Math.max(Number.MIN_VALUE, ...values.map((value) => value ?? 0));
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const path = line<number | null>({
    defined: (value) => value !== null,
    x: (_, at) => at * step,
    y: (value) => height - 1 - ((value ?? 0) / most) * (height - 2),
  })([...values]);
  return (
    <svg
      className={styles['spark']}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path ?? ''} />
    </svg>
  );
}
