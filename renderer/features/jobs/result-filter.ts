import type { ResultFilter } from '../../../app/contract/jobs';

export const allResults: ResultFilter = {
  show: 'all',
  between: null,
  class: null,
  confidence: null,
  order: 'input',
};

/** Ranges of a first class's probability that people choose from. */
export const confidences = {
  any: null,
  low: { least: 0, most: 0.5 },
  middle: { least: 0.5, most: 0.9 },
  high: { least: 0.9, most: 1 },
} as const satisfies Record<string, ResultFilter['confidence']>;
export type Confidence = keyof typeof confidences;

export const confidenceOf = ({ confidence }: ResultFilter): Confidence =>
  (Object.keys(confidences) as Confidence[]).find(
    (name) => confidences[name]?.least === confidence?.least && confidences[name]?.most === confidence?.most,
  ) ?? 'any';

/** Does it leave any result out? */
export const isFiltered = ({ show, class: wanted, confidence }: ResultFilter): boolean =>
  show !== 'all' || wanted !== null || confidence !== null;

export const pairKey = (between: ResultFilter['between']): string => between?.join(' ') ?? '';
