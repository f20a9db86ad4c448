import type { Share } from '../../../app/contract/routes';

/** A split counts in hundredths of a per cent, so that shares sum exactly. */
const hundredths = 100;
const whole = 100 * hundredths;

/** Parts of `total` units in the proportion of `ratios`, or equal ones where these are all nothing. Sums to `total` exactly. */
function apportion(total: number, ratios: readonly number[]): number[] {
  const sum = ratios.reduce((before, ratio) => before + ratio, 0);
  const exact = ratios.map((ratio) => (sum === 0 ? total / ratios.length : (total * ratio) / sum));
  const parts = exact.map(Math.floor);
  const left = total - parts.reduce((before, part) => before + part, 0);
  const byRemainder = exact
    .map((value, at) => ({ at, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.at - b.at);
  for (const { at } of byRemainder.slice(0, left)) parts[at] = (parts[at] ?? 0) + 1;
  return parts;
}

/** Whole per cents stay whole: only what was split finer is split finer again. */
function rescale(shares: readonly Share[], toUnits: number): Share[] {
  const unit = toUnits % hundredths === 0 ? hundredths : 1;
  const parts = apportion(
    toUnits / unit,
    shares.map(({ weight }) => weight),
  );
  return shares.map(({ arm }, at) => ({ arm, weight: ((parts[at] ?? 0) * unit) / hundredths }));
}

/**
 * Gives an arm its weight (0 to 100, two decimals), and what is left to the others in the proportion they had; equal parts where
 * they had nothing. An arm that is alone keeps all.
 */
export function withWeight(split: readonly Share[], arm: string, weight: number): Share[] {
  const others = split.filter((share) => share.arm !== arm);
  if (others.length === 0) return rescale(split, whole);
  const units = Math.min(whole, Math.max(0, Math.round(weight * hundredths)));
  const rest = new Map(rescale(others, whole - units).map((share) => [share.arm, share.weight]));
  return split.map((share) => ({
    arm: share.arm,
    weight: share.arm === arm ? units / hundredths : (rest.get(share.arm) ?? 0),
  }));
}

/** Adds an arm with nothing yet, or with everything where it is the first. */
export const withShare = (split: readonly Share[], arm: string): Share[] => [
  ...split,
  { arm, weight: split.length === 0 ? 100 : 0 },
];

/** Takes an arm out; the others share what it had, in the proportion they have. */
export const withoutShare = (split: readonly Share[], arm: string): Share[] =>
  rescale(
    split.filter((share) => share.arm !== arm),
    whole,
  );

export const evenly = (split: readonly Share[]): Share[] =>
  rescale(
    split.map(({ arm }) => ({ arm, weight: 0 })),
    whole,
  );

/** What a person typed as a weight; null where it is none. */
export function readWeight(text: string): number | null {
  const trimmed = text.trim().replace(/\s*%$/u, '');
  if (!/^\d{1,3}(?:[.,]\d{1,2})?$/u.test(trimmed)) return null;
  const weight = Number(trimmed.replace(',', '.'));
  return weight <= 100 ? weight : null;
}
