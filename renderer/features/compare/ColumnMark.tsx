import styles from './ColumnMark.module.css';
import type { ColumnView } from './column-view';

/** A column's number or letter on its colour, 16 pixels square. */
export function ColumnMark({ column: { mark, colour } }: { readonly column: ColumnView }) {
  return (
    <span className={styles['mark']} style={colour} aria-hidden="true">
      {mark}
    </span>
  );
}
