import type { TensorInfo } from '../../../app/contract/inference';
import type { Tensor } from '../tensor';
import type { Example, Feature } from './codec';
import { elementType } from './element-types';
import { badRequest, unimplemented } from './request-errors';
import { textOf } from './tensor-builder';

/** Features that hold an encoded picture, in the order of preference. Source: the usual features of TensorFlow's image models. */
const pictureFeatures = ['image/encoded', 'image_bytes', 'image'];

/** The picture of each example, when each has exactly one; null when they are no pictures. */
export function picturesOf(examples: readonly Example[]): readonly Uint8Array[] | null {
  const pictures = examples.map(pictureOf);
  return pictures.every((picture) => picture !== null) ? pictures : null;
}

function pictureOf(example: Example): Uint8Array | null {
  const named = pictureFeatures.map((name) => example.get(name)).find((feature) => feature?.kind === 'bytes');
  const feature = named ?? onlyBytes(example);
  return feature?.kind === 'bytes' && feature.values.length === 1 ? (feature.values[0] ?? null) : null;
}

function onlyBytes(example: Example): Feature | undefined {
  const found = [...example.values()].filter(({ kind }) => kind === 'bytes');
  return found.length === 1 ? found[0] : undefined;
}

/**
 * One tensor for each input, with a row for each example: the feature of the input's name, or the only one where there is one input.
 * Throws INVALID_ARGUMENT when a feature is missing or has not as many values as the input's row.
 */
export function tensorsOfExamples(
  examples: readonly Example[],
  inputs: readonly TensorInfo[],
): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(inputs.map((info) => [info.name, stacked(examples, info, inputs.length === 1)]));
}

function stacked(examples: readonly Example[], info: TensorInfo, isOnlyInput: boolean): Tensor {
  const features = examples.map((example, index) => {
    const feature =
      example.get(info.name) ?? (isOnlyInput && example.size === 1 ? [...example.values()][0] : undefined);
    if (!feature) throw badRequest(`Example ${index} has no feature "${info.name}".`);
    return feature;
  });
  const size = features[0]?.values.length ?? 0;
  const odd = features.findIndex(({ values }) => values.length !== size);
  if (odd >= 0)
    throw badRequest(
      `Feature "${info.name}" has ${size} values in example 0 and ${features[odd]?.values.length} in ${odd}.`,
    );
  const shape = [examples.length, ...rowShape(info, size)];
  const type = elementType(info.dtype);
  if (!type.array) return { dtype: 'string', shape, data: features.flatMap(textsOf) };
  if (info.dtype === 'float16' || info.dtype === 'bfloat16')
    throw unimplemented(`Examples cannot fill an input of type ${info.dtype}.`);
  const data = new type.array(examples.length * size);
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  let at = 0;
  for (const feature of features)
    for (const value of numbersOf(feature, info)) data[at++] = isBig ? BigInt(value) : Number(value);
  return { dtype: info.dtype, shape, data };
}

/** The input's dimensions after the first, with at most one left open to be what the number of values says. */
function rowShape({ name, shape }: TensorInfo, size: number): readonly number[] {
  const row = shape.slice(1);
  const known = row.reduce<number>(
    (product, part) => (typeof part === 'number' ? product * part : product),
    1,
  );
  const open = row.filter((part) => typeof part !== 'number').length;
  const fits = open === 0 ? known === size : open === 1 && known > 0 && size % known === 0;
  if (!fits)
    throw badRequest(`Feature "${name}" has ${size} values, which do not fill a row of shape [${row}].`);
  return row.map((part) => (typeof part === 'number' ? part : size / known));
}

const textsOf = (feature: Feature): readonly string[] => {
  if (feature.kind !== 'bytes') throw badRequest('The model takes text, not numbers.');
  return feature.values.map(textOf);
};

function numbersOf(feature: Feature, { name, dtype }: TensorInfo): Iterable<number | bigint> {
  const isFloat = dtype.startsWith('float');
  if (feature.kind === 'int64') return feature.values;
  if (feature.kind === 'float' && isFloat) return feature.values;
  throw badRequest(`Feature "${name}" of kind ${feature.kind} does not fit an input of type ${dtype}.`);
}
