import type { AnswerGist } from '../../app/contract/routes';

/** Numbers of two versions that differ by less, beside their size, say the same. */
const tolerance = 1e-3;

/** Do two answers to one question say the same: the same first class for each example, or the same numbers? */
export function agree(one: AnswerGist, other: AnswerGist): boolean {
  if (one.kind === 'classes' && other.kind === 'classes')
    return (
      one.rows.length === other.rows.length &&
      one.rows.every(({ label }, at) => label === other.rows[at]?.label)
    );
  if (one.kind === 'numbers' && other.kind === 'numbers')
    return (
      one.values.length === other.values.length &&
      one.values.every((value, at) => isClose(value, other.values[at] ?? null))
    );
  return false;
}

/** Null is what is no number. */
function isClose(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other;
  return Math.abs(one - other) <= tolerance * Math.max(1, Math.abs(one), Math.abs(other));
}
