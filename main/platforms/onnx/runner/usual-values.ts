import type { Preprocessing } from '../../../../app/contract/inference';

export type Values = Preprocessing['values'];

/** The ways in which 8-bit values are usually fed; `(v * scale - mean) / std`, channels in the order red, green, blue. */
export const usualValues = {
  /** As they are. */
  bytes: { scale: 1, mean: [0], std: [1] },
  unit: { scale: 1 / 255, mean: [0], std: [1] },
  /** v / 127.5 - 1 */
  plusMinusOne: { scale: 1 / 127.5, mean: [1], std: [1] },
  imageNet: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  cifar: { scale: 1 / 255, mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
  cifarExact: { scale: 1 / 255, mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  mnist: { scale: 1 / 255, mean: [0.1307], std: [0.3081] },
  /** Caffe's mean of ImageNet, red first. */
  caffe: { scale: 1, mean: [123.68, 116.779, 103.939], std: [1] },
} as const satisfies Record<string, Values>;
export type UsualValues = keyof typeof usualValues;

/** The same values for a model that takes blue first. */
export const reversed = ({ scale, mean, std }: Values): Values => ({
  scale,
  mean: [...mean].reverse(),
  std: [...std].reverse(),
});

/** The smallest and largest number that an 8-bit picture can become. */
export function rangeOf({ scale, mean, std }: Values): readonly [low: number, high: number] {
  const channels = Array.from({ length: Math.max(mean.length, std.length) }, (_, channel) => ({
    mean: mean[channel] ?? mean[0] ?? 0,
    std: std[channel] ?? std[0] ?? 1,
  }));
  return [
    Math.min(...channels.map((channel) => -channel.mean / channel.std)),
    Math.max(...channels.map((channel) => (255 * scale - channel.mean) / channel.std)),
  ];
}

/** Calibration sees only some pictures, and zero must be exactly a step: both move the ends a little. */
const tolerance = 0.06;

/** The usual values whose range is nearest to `[low, high]`; undefined when none is near. */
export function valuesNear(low: number, high: number, isGrey: boolean): UsualValues | undefined {
  const names: readonly UsualValues[] = isGrey
    ? ['bytes', 'unit', 'plusMinusOne', 'mnist']
    : ['bytes', 'unit', 'plusMinusOne', 'imageNet', 'cifar', 'cifarExact', 'caffe'];
  const ranked = names
    .map((name) => {
      const [usualLow, usualHigh] = rangeOf(usualValues[name]);
      const width = usualHigh - usualLow;
      return { name, miss: Math.max(Math.abs(low - usualLow), Math.abs(high - usualHigh)) / width };
    })
    .sort((a, b) => a.miss - b.miss);
  const [best] = ranked;
  return best && best.miss <= tolerance ? best.name : undefined;
}
