/**
 * What people read about a failure, in English: what happened, why if that is known, and what to do next (ux.md §7).
 * ICU strings; `{model}` and the like are filled from the error's `params`, where a name that ends in `Bytes` holds a number of bytes.
 */
export interface ErrorText {
  /** A heading of a few words, without a full stop. */
  readonly title: string;
  readonly text: string;
  /** What to do next. */
  readonly next?: string;
}
