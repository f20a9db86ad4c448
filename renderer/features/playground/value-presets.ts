import type { Preprocessing } from '../../../app/contract/inference';

type Values = Preprocessing['values'];
type Channels = Preprocessing['channels'];

/** The usual ways in which a model wants its numbers. */
export const presetIds = ['zeroOne', 'signed', 'imagenet', 'bytes', 'caffe'] as const;
export type PresetId = (typeof presetIds)[number];

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const caffeMean = [123.68, 116.779, 103.939];

/** In the order of `channels`. Null where a preset makes no sense: ImageNet's and Caffe's means are for three channels. */
export function presetValues(preset: PresetId, channels: Channels): Values | null {
  switch (preset) {
    case 'zeroOne':
      return { scale: 1 / 255, mean: [0], std: [1] };
    case 'signed':
      return { scale: 1 / 255, mean: [0.5], std: [0.5] };
    case 'bytes':
      return { scale: 1, mean: [0], std: [1] };
    case 'imagenet':
      if (channels === 'grey') return null;
      return { scale: 1 / 255, mean: inOrder(imagenet.mean, channels), std: inOrder(imagenet.std, channels) };
    case 'caffe':
      return channels === 'grey' ? null : { scale: 1, mean: inOrder(caffeMean, channels), std: [1] };
  }
}

const inOrder = (rgb: readonly number[], channels: Channels): number[] =>
  channels === 'bgr' ? [...rgb].reverse() : [...rgb];

/** The preset that feeds the same numbers, however it is written: (v/255 − 0.5)/0.5 is v/127.5 − 1. */
export function findPreset(values: Values, channels: Channels): PresetId | null {
  return (
    presetIds.find((id) => {
      const preset = presetValues(id, channels);
      return preset !== null && feedsTheSame(preset, values);
    }) ?? null
  );
}

/** Compares what the darkest and the brightest value become, channel by channel. */
export function feedsTheSame(one: Values, other: Values): boolean {
  return [0, 1, 2].every((channel) =>
    [0, 255].every((v) => {
      const [a, b] = [fed(one, channel, v), fed(other, channel, v)];
      return Math.abs(a - b) <= 1e-3 * Math.max(1, Math.abs(a), Math.abs(b));
    }),
  );
}

/** The number that an 8-bit value becomes. One mean or deviation stands for all channels. */
export function fed({ scale, mean, std }: Values, channel: number, v: number): number {
  return (v * scale - (mean[channel] ?? mean[0] ?? 0)) / (std[channel] ?? std[0] ?? 1);
}
