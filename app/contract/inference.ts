import { z } from 'zod';
import { modelNameSchema, versionNumberSchema } from './models';
import { effectiveRunningSchema } from './running';

export const tensorInfoSchema = z.strictObject({
  name: z.string(),
  /** `float32`, `uint8`, `string`… as onnxruntime names them. */
  dtype: z.string(),
  /** Numbers for fixed dimensions; a name, or '' for a nameless one, where any size goes. */
  shape: z.array(z.union([z.number(), z.string()])),
});
export type TensorInfo = z.infer<typeof tensorInfoSchema>;

export const layoutSchema = z.enum(['nchw', 'nhwc', 'hw', 'flat']);
export const channelsSchema = z.enum(['rgb', 'bgr', 'grey']);
export const resizeSchema = z.discriminatedUnion('kind', [
  /** Scale the short side to `shortSide`, then cut the centre. */
  z.strictObject({ kind: z.literal('shortSideCrop'), shortSide: z.int().positive() }),
  /** Stretch to the input's size. */
  z.strictObject({ kind: z.literal('squash') }),
  /** Fit inside and fill the rest with black. */
  z.strictObject({ kind: z.literal('letterbox') }),
]);
/** An 8-bit value `v` is fed as `(v * scale - mean[c]) / std[c]`, with `c` in the order of `channels`; one entry means all channels. */
export const valuesSchema = z.strictObject({
  scale: z.number(),
  mean: z.array(z.number()).min(1).max(3),
  std: z.array(z.number().positive()).min(1).max(3),
});
export const outputFormSchema = z.enum(['logits', 'probabilities', 'logProbabilities', 'sigmoid']);

/** How a picture becomes a tensor and a tensor becomes classes. Everything here is inferred, and can be set by a person. */
export const preprocessingSchema = z.strictObject({
  width: z.int().positive().max(8192),
  height: z.int().positive().max(8192),
  layout: layoutSchema,
  channels: channelsSchema,
  resize: resizeSchema,
  values: valuesSchema,
  output: outputFormSchema,
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;

export const classNamesSchema = z.array(z.string().max(2_000)).min(1).max(200_000);

/** What somebody sets about how a version takes pictures: what is absent stays as it is, null goes back to what was found. */
export const pictureChangeSchema = z.strictObject({
  /** Any part of it; the rest stays inferred. */
  preprocessing: preprocessingSchema.partial().nullable().optional(),
  /** The names of its classes, by index. */
  labels: classNamesSchema.nullable().optional(),
});
export type PictureChange = z.infer<typeof pictureChangeSchema>;

export const certaintySchema = z.enum(['certain', 'likely', 'guess', 'set']);
/** Why a setting is what it is: a key of the message catalogue under `reason.<code>` and what fills it. */
export const inferenceNoteSchema = z.strictObject({
  certainty: certaintySchema,
  reason: z.string(),
  params: z.record(z.string(), z.string()),
});
export type InferenceNote = z.infer<typeof inferenceNoteSchema>;

export const descriptionSchema = z.strictObject({
  model: modelNameSchema,
  version: versionNumberSchema,
  producer: z.string(),
  irVersion: z.int().nullable(),
  opsets: z.array(z.strictObject({ domain: z.string(), version: z.int() })),
  inputs: z.array(tensorInfoSchema),
  outputs: z.array(tensorInfoSchema),
  metadata: z.record(z.string(), z.string()),
  /** Null when the model is no image classifier; `notClassifier` then says why. */
  preprocessing: preprocessingSchema.nullable(),
  notClassifier: inferenceNoteSchema.nullable(),
  /** One note for each part of `preprocessing`, and one for the labels. */
  notes: z
    .strictObject({
      size: inferenceNoteSchema,
      layout: inferenceNoteSchema,
      channels: inferenceNoteSchema,
      resize: inferenceNoteSchema,
      values: inferenceNoteSchema,
      output: inferenceNoteSchema,
      labels: inferenceNoteSchema,
    })
    .nullable(),
  /** What was inferred before a person changed it. */
  inferred: preprocessingSchema.nullable(),
  labelCount: z.int(),
  /** SHA-256 in hexadecimal of the names of its classes, in their order; absent when they have none. */
  labelsDigest: z.string().optional(),
  classCount: z.int().nullable(),
  warnings: z.array(inferenceNoteSchema),
  running: effectiveRunningSchema,
});
export type Description = z.infer<typeof descriptionSchema>;

/** How the classes of a version are called. */
export const classNamesOfSchema = z.strictObject({
  /** As they were given or found. */
  given: z.array(z.string()),
  /** One for each class; empty for one without a name. */
  byClass: z.array(z.string()),
  note: inferenceNoteSchema,
  warnings: z.array(inferenceNoteSchema),
});
export type ClassNames = z.infer<typeof classNamesOfSchema>;

/** One way to prepare pictures, as it did on some whose classes are known. */
export const rankedPreprocessingSchema = z.strictObject({
  preprocessing: preprocessingSchema,
  /** The share of the pictures whose class came first. */
  accuracy: z.number().min(0).max(1),
  /** The probability of the right class less that of the best other one, in the mean: from -1 to 1. */
  margin: z.number().min(-1).max(1),
  isCurrent: z.boolean(),
});
export const preprocessingRankingSchema = z.strictObject({
  pictureCount: z.int().positive(),
  /** The best first. */
  ranked: z.array(rankedPreprocessingSchema),
});
export type RankedPreprocessing = z.infer<typeof rankedPreprocessingSchema>;
export type PreprocessingRanking = z.infer<typeof preprocessingRankingSchema>;

export const classProbabilitySchema = z.strictObject({
  index: z.int(),
  label: z.string(),
  probability: z.number(),
  /** The number that the model gave, before softmax or the like; a logarithm of 0 is minus infinity. */
  raw: z.union([z.number(), z.nan(), z.literal([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])]),
});
export type ClassProbability = z.infer<typeof classProbabilitySchema>;
export const timingsSchema = z.strictObject({
  queue: z.number(),
  decode: z.number(),
  preprocess: z.number(),
  run: z.number(),
});
export type Timings = z.infer<typeof timingsSchema>;

export const classificationSchema = z.strictObject({
  model: modelNameSchema,
  version: versionNumberSchema,
  /** The version that was asked, when its process ended and this one answered in its place. */
  insteadOf: versionNumberSchema.optional(),
  /** Most probable first; ties in the order of the class index. */
  classes: z.array(classProbabilitySchema),
  classCount: z.int(),
  /** Did another class have exactly the same number as the first? */
  isTied: z.boolean(),
  output: z.strictObject({
    name: z.string(),
    dtype: z.string(),
    shape: z.array(z.number()),
    form: outputFormSchema,
  }),
  /** Milliseconds. */
  timingsMs: timingsSchema,
});
export type Classification = z.infer<typeof classificationSchema>;

/** The preprocessed input as the model sees it, drawn as a picture. */
export const inputViewSchema = z.strictObject({
  width: z.int(),
  height: z.int(),
  /** PNG of the tensor mapped back to 8 bits: `all` in true colour, or one channel in grey. */
  png: z.instanceof(Uint8Array),
  /** The part of the upright picture that the tensor shows, as fractions of its width and height; beyond 0..1 for a letterbox. */
  crop: z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
  /** Smallest and largest number in the tensor. */
  min: z.number(),
  max: z.number(),
});
export type InputView = z.infer<typeof inputViewSchema>;
