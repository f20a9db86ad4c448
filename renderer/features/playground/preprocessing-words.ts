import type { Description, InferenceNote, Preprocessing } from '../../../app/contract/inference';
import type { Translator } from '../../messages/translator';
import { formatNumber, type PreprocessingPart } from './preprocessing-form';
import { findPreset } from './value-presets';

type T = Translator['t'];

/** One line for a part of the preprocessing, as people read it. */
export function partWords(t: T, part: PreprocessingPart, preprocessing: Preprocessing): string {
  const { width, height, layout, channels, resize, values, output } = preprocessing;
  switch (part) {
    case 'size':
      return t('playground.size', { width, height });
    case 'resize':
      return resize.kind === 'shortSideCrop'
        ? t('playground.resize.shortSideCrop', { shortSide: resize.shortSide })
        : t(`playground.resize.${resize.kind}`);
    case 'layout':
      return t(`playground.layout.${layout}`);
    case 'channels':
      return t(`playground.channels.${channels}`);
    case 'values':
      return valueWords(t, values, channels);
    case 'output':
      return t(`playground.output.${output}`);
  }
}

function valueWords(t: T, values: Preprocessing['values'], channels: Preprocessing['channels']): string {
  return t(`playground.values.${findPreset(values, channels) ?? 'custom'}`, {
    scale: formatNumber(values.scale),
    mean: values.mean.map(formatNumber).join(' '),
    std: values.std.map(formatNumber).join(' '),
  });
}

/** In a few letters, for a caption: "BGR, Caffe mean". */
export function shortWords(t: T, { channels, values }: Preprocessing): string {
  const preset = findPreset(values, channels) ?? 'custom';
  return t('playground.short', {
    channels: t(`playground.shortChannels.${channels}`),
    values: t(`playground.shortValues.${preset}`),
  });
}

/** The note for a part of the table; null for a description that has none. */
export const noteOf = ({ notes }: Description, part: PreprocessingPart | 'labels'): InferenceNote | null =>
  notes?.[part] ?? null;
