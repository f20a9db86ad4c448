import type { CSSProperties } from 'react';

const chartColours = 8;

/** Versions above are numbered by time, not counted: neighbours of these are far apart, often by a multiple of eight. */
const mostCounted = 9_999;
/** Spreads such numbers evenly. Source: Knuth, The Art of Computer Programming 3, §6.4 (multiplicative hashing). */
const spread = (version: number): number => Math.imul(version, 2_654_435_769) >>> 29;

/** The place of a version in the order of chart colours, 1 to 8: the same in every view. */
export const chartIndex = (version: number): number =>
  (version > mostCounted ? spread(version) : (version + chartColours - 1) % chartColours) + 1;

/** Sets `--c` to a version's colour, for styles that draw with it. */
export const versionColour = (version: number): CSSProperties =>
  ({ '--c': `var(--chart-${chartIndex(version)})` }) as CSSProperties;
