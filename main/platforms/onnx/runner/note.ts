import type { InferenceNote } from '../../../../app/contract/inference';
import type { ReasonCode } from '../../../../app/contract/reasons';

type Certainty = InferenceNote['certainty'];

/** A setting or a warning with its reason; what fills the text may be numbers. */
export function note(
  certainty: Certainty,
  reason: ReasonCode,
  params: Readonly<Record<string, string | number>> = {},
): InferenceNote {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) texts[name] = String(value);
  return { certainty, reason, params: texts };
}

/** A shape in words: `1 × 3 × 224 × 224`, with `?` for a nameless free dimension. */
export const shapeText = (shape: readonly (number | string)[]): string =>
  shape.length === 0
    ? '()'
    : shape.map((dimension) => (dimension === '' ? '?' : String(dimension))).join(' × ');
