import type { Preprocessing } from '../../../../app/contract/inference';
import type { Dimension, Placement } from './placement';
import type { Override } from './settings';

/**
 * How a picture lies in an input of this shape when a person has said its layout, or for a row of numbers its size. Undefined where that
 * cannot be the input's shape.
 */
export function placeAsTold(
  shape: readonly Dimension[],
  { preprocessing, note }: Override,
): Placement | undefined {
  const { layout, width = '', height = '' } = preprocessing;
  const told = toldChannels(preprocessing.channels);
  const placed = (
    as: Preprocessing['layout'],
    dimension: Dimension,
    high: Dimension,
    wide: Dimension,
  ): Placement | undefined => {
    const channels = typeof dimension === 'number' ? dimension : (told ?? usualChannels);
    if (channels !== 1 && channels !== usualChannels) return undefined;
    return {
      layout: as,
      channels,
      height: typeof high === 'number' ? high : height,
      width: typeof wide === 'number' ? wide : width,
      note,
    };
  };
  const [first = '', second = '', third = ''] = shape.slice(-3);
  if (shape.length === 2 && (layout ?? 'flat') === 'flat') {
    if (typeof width !== 'number' || typeof height !== 'number') return undefined;
    const [, length = ''] = shape;
    const channels = typeof length === 'number' ? length / (width * height) : (told ?? 1);
    return placed('flat', channels, height, width);
  }
  if (shape.length < 3 || shape.length > 4) return undefined;
  if (layout === 'nchw') return placed('nchw', first, second, third);
  if (layout === 'nhwc') return placed('nhwc', third, first, second);
  if (layout === 'hw' && shape.length === 3) return placed('hw', 1, second, third);
  return undefined;
}

const usualChannels = 3;

const toldChannels = (channels: Preprocessing['channels'] | undefined): number | undefined =>
  channels === undefined ? undefined : channels === 'grey' ? 1 : usualChannels;
