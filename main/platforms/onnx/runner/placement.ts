import type { InferenceNote, Preprocessing } from '../../../../app/contract/inference';

/** A dimension of a tensor; a name, or '' for a nameless one, where any size goes. */
export type Dimension = number | string;

/** Which dimensions of an input are what of a picture. */
export interface Placement {
  readonly layout: Preprocessing['layout'];
  readonly channels: Dimension;
  readonly height: Dimension;
  readonly width: Dimension;
  readonly note: InferenceNote;
}
