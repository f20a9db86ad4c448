import { join } from 'node:path';
import { z } from 'zod';
import type { Preprocessing } from '../../../../app/contract/inference';
import { note } from './note';
import type { Override } from './settings';
import { readSmallFile } from './small-file';

export const preprocessorFile = 'preprocessor_config.json';

const side = z.number().int().positive().max(8192);
const sizeSchema = z.union([
  side,
  z.strictObject({ height: side, width: side }),
  z.strictObject({ shortest_edge: side }),
]);
const channelValues = z.array(z.number()).min(1).max(3);

/** The fields of an image processor that say how a picture becomes numbers. Source: transformers, image_processing_utils. */
const preprocessorSchema = z.looseObject({
  do_resize: z.boolean().optional(),
  size: sizeSchema.optional(),
  crop_pct: z.number().positive().max(1).nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: sizeSchema.nullish(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().positive().optional(),
  do_normalize: z.boolean().optional(),
  image_mean: channelValues.nullish(),
  image_std: channelValues.nullish(),
  do_flip_channel_order: z.boolean().nullish(),
});
type Preprocessor = z.infer<typeof preprocessorSchema>;

/** timm writes its settings into `config.json` instead. Source: huggingface.co/docs/timm. */
const timmSchema = z.looseObject({
  pretrained_cfg: z.looseObject({
    input_size: z.tuple([z.number(), side, side]).optional(),
    mean: channelValues.optional(),
    std: channelValues.optional(),
    crop_pct: z.number().positive().max(1).optional(),
  }),
});

/** What the model's own size leaves open. */
export interface OwnSize {
  readonly width: number;
  readonly height: number;
  readonly isSizeFree: boolean;
}

/** What Hugging Face's `preprocessor_config.json`, or timm's `config.json`, says of a model in `folder`. */
export function readHuggingFace(folder: string, own: OwnSize): Override | undefined {
  const preprocessor = preprocessorSchema.safeParse(readJson(join(folder, preprocessorFile)));
  if (preprocessor.success && hasSettings(preprocessor.data)) {
    return {
      preprocessing: fromPreprocessor(preprocessor.data, own),
      note: note('certain', 'hfPreprocessor', { file: preprocessorFile }),
    };
  }
  const timm = timmSchema.safeParse(readJson(join(folder, 'config.json')));
  if (!timm.success) return undefined;
  const { input_size, mean, std, crop_pct = 0.875 } = timm.data.pretrained_cfg;
  const size = sizeOf(own, input_size && { height: input_size[1], width: input_size[2] });
  const shortSide = Math.round(Math.min(size.width, size.height) / crop_pct);
  return {
    preprocessing: {
      ...size,
      resize: { kind: 'shortSideCrop', shortSide },
      values: mean && std && isPositive(std) ? { scale: 1 / 255, mean, std } : undefined,
    },
    note: note('certain', 'hfPreprocessor', { file: 'config.json' }),
  };
}

function readJson(path: string): unknown {
  const text = readSmallFile(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // some other program's file
  }
}

const hasSettings = ({ size, image_mean, do_rescale, do_normalize }: Preprocessor): boolean =>
  size !== undefined || image_mean != null || do_rescale !== undefined || do_normalize !== undefined;

const isPositive = (numbers: readonly number[]): boolean => numbers.every((number) => number > 0);

function fromPreprocessor(config: Preprocessor, own: OwnSize): Override['preprocessing'] {
  const { size, crop_size, do_center_crop, do_resize } = config;
  const target = sizeOf(own, (do_center_crop === false ? undefined : boxOf(crop_size)) ?? boxOf(size));
  return {
    ...target,
    ...(config.do_flip_channel_order ? { channels: 'bgr' as const } : {}),
    resize: do_resize === false ? undefined : resizeOf(config, target),
    values: valuesOf(config),
  };
}

/** A size that the model fixes stays; one that it leaves free is what the file says. */
function sizeOf(
  own: OwnSize,
  stated: { readonly width: number; readonly height: number } | undefined,
): { readonly width: number; readonly height: number } {
  return own.isSizeFree && stated ? stated : { width: own.width, height: own.height };
}

function boxOf(
  size: Preprocessor['crop_size'],
): { readonly width: number; readonly height: number } | undefined {
  if (size == null) return undefined;
  if (typeof size === 'number') return { width: size, height: size };
  if ('shortest_edge' in size) return { width: size.shortest_edge, height: size.shortest_edge };
  return { width: size.width, height: size.height };
}

function resizeOf(
  { size, crop_pct, do_center_crop, crop_size }: Preprocessor,
  { width, height }: { readonly width: number; readonly height: number },
): Preprocessing['resize'] | undefined {
  if (size === undefined) return undefined;
  const isBox = typeof size === 'object' && 'height' in size;
  const shortest = typeof size === 'number' ? size : 'shortest_edge' in size ? size.shortest_edge : undefined;
  // ConvNeXT's processor: below 384 the short side is the size over the part that is kept.
  if (shortest !== undefined && crop_pct && shortest < 384) {
    return { kind: 'shortSideCrop', shortSide: Math.round(shortest / crop_pct) };
  }
  const isCropped = do_center_crop ?? crop_size != null;
  if (isBox || (!isCropped && typeof size === 'number')) {
    const box = boxOf(size);
    const isLarger = isCropped && box && Math.min(box.width, box.height) > Math.min(width, height);
    return isLarger
      ? { kind: 'shortSideCrop', shortSide: Math.min(box.width, box.height) }
      : { kind: 'squash' };
  }
  return { kind: 'shortSideCrop', shortSide: shortest ?? Math.min(width, height) };
}

function valuesOf(config: Preprocessor): Preprocessing['values'] | undefined {
  const { do_rescale, rescale_factor, do_normalize, image_mean, image_std } = config;
  const isNormalized = do_normalize ?? image_mean != null;
  if (do_rescale === undefined && !isNormalized && do_normalize === undefined) return undefined;
  const scale = do_rescale === false ? 1 : (rescale_factor ?? 1 / 255);
  if (!isNormalized || !image_mean || !image_std || !isPositive(image_std))
    return { scale, mean: [0], std: [1] };
  return { scale, mean: image_mean, std: image_std };
}
