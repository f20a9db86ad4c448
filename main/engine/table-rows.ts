import type { TableRows } from '../../app/contract/tables';
import type { LookupAnswer } from '../runner/table-answers';
import { numbersOfTensor } from '../runner/tensor-numbers';

/** An answer of a table as rows of plain values. */
export function tableRowsOf({ found, values, missing }: LookupAnswer): TableRows {
  const dimension = values.shape.at(-1) ?? 0;
  const cells = ArrayBuffer.isView(values.data) ? (numbersOfTensor(values) ?? []) : values.data;
  const cellAt = (at: number): number | string => {
    const cell = cells[at] ?? '';
    if (typeof cell === 'bigint') return String(cell);
    return typeof cell === 'number' && values.dtype === 'float32' ? shortestSingle(cell) : cell;
  };
  return {
    rows: found.map((key, row) => ({
      key,
      values: Array.from({ length: dimension }, (_, at) => cellAt(row * dimension + at)),
    })),
    missing: [...missing],
  };
}

/** The number with the fewest digits that is the same float32: 0.1, not 0.10000000149011612. */
function shortestSingle(value: number): number {
  for (const digits of [6, 7, 8]) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}
