import type { CSSProperties } from 'react';

const chartColours = 8;

/** The place of a version in the order of chart colours, 1 to 8: the same in every view. */
export const chartIndex = (version: number): number => ((version + chartColours - 1) % chartColours) + 1;

/** Sets `--c` to a version's colour, for styles that draw with it. */
export const versionColour = (version: number): CSSProperties =>
  ({ '--c': `var(--chart-${chartIndex(version)})` }) as CSSProperties;
