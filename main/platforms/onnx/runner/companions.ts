import type { InferenceNote } from '../../../../app/contract/inference';
import type { InferredClassifier } from './infer-preprocessing';
import type { Settings } from './settings';

/** What the files beside a model say about how pictures go in. */
export interface Companions {
  readonly settings: Settings;
  readonly warnings: readonly InferenceNote[];
}

/** The inferred settings, corrected by what stands beside the model. */
export function readCompanions(_folder: string, { preprocessing, notes }: InferredClassifier): Companions {
  return { settings: { preprocessing, notes }, warnings: [] };
}
