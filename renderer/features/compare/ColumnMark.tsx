import { Mark } from '../../ui/Mark';
import type { ColumnView } from './column-view';

/** A column's number or letter on its colour. */
export const ColumnMark = ({ column: { mark, colour } }: { readonly column: ColumnView }) => (
  <Mark style={colour}>{mark}</Mark>
);
