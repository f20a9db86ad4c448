import { z } from 'zod';
import { tensorFormats } from '../base/tensor-files';
import { jobLogLineSchema, jobSchema, ratePointSchema, resultCountsSchema, resultFilterSchema } from './jobs';
import { modelNameSchema, offerSchema, versionNumberSchema } from './models';
import { pictureOfferSchema } from './pictures';

/** `pictures` are single ones that were picked out. */
const inputKindSchema = z.enum(['folder', 'list', 'csv', 'jsonl', 'pictures']);

export const tensorFormatSchema = z.enum(tensorFormats);

/** A job as the page sees it: without what changes too often to be told every time, and without any path. */
export const jobViewSchema = jobSchema.omit({ log: true, rates: true, params: true }).extend({
  /** What a batch over pictures was asked for with; null for any other kind. */
  batch: z
    .strictObject({
      input: z.strictObject({
        kind: inputKindSchema,
        /** Of the file or folder. */
        name: z.string(),
      }),
      /** How many classes of each answer are kept. */
      top: z.int(),
    })
    .nullable(),
  /** What a batch over tensors was asked for with; null for any other kind. */
  prediction: z
    .strictObject({
      input: z.strictObject({ format: tensorFormatSchema, name: z.string() }),
      /** What the answers become. */
      target: tensorFormatSchema,
    })
    .nullable(),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** What is asked for only while a job is looked at. */
export const jobDetailSchema = z.strictObject({
  log: z.array(jobLogLineSchema),
  rates: z.array(ratePointSchema),
  /** What the versions of a batch were when it began; empty before, and for any other kind. */
  versions: z.array(
    z.strictObject({
      version: versionNumberSchema,
      /** SHA-256 of its content. */
      hash: z.string(),
    }),
  ),
});
export type JobDetail = z.infer<typeof jobDetailSchema>;

/** Pictures that a batch could be about; the ticket starts it, until the next hundred offers. */
export const pictureBatchOfferSchema = z.strictObject({
  about: z.literal('pictures'),
  ticket: z.string(),
  kind: inputKindSchema,
  /** Of the file or folder, or of the first of several. */
  name: z.string(),
  /** How many more there are than the one that is named. */
  others: z.int().nonnegative(),
  pictures: z.int().nonnegative(),
  /** There are more: counting stopped. */
  isCut: z.boolean(),
});
export type PictureBatchOffer = z.infer<typeof pictureBatchOfferSchema>;

/** A file of tensors that a batch could be about. */
export const tensorBatchOfferSchema = z.strictObject({
  about: z.literal('tensors'),
  ticket: z.string(),
  format: tensorFormatSchema,
  name: z.string(),
});
export type TensorBatchOffer = z.infer<typeof tensorBatchOfferSchema>;

export const batchOfferSchema = z.discriminatedUnion('about', [
  pictureBatchOfferSchema,
  tensorBatchOfferSchema,
]);
export type BatchOffer = z.infer<typeof batchOfferSchema>;

/** Where the person chooses what a batch is about. */
export const batchInputSchema = z.enum(['folder', 'list', 'tensors']);
export type BatchInputChoice = z.infer<typeof batchInputSchema>;

/** What a drop on a place for input turned out to be: models after all, or pictures for a batch. */
export const inputOfferSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('models'), offer: offerSchema }),
  z.strictObject({ kind: z.literal('batch'), offer: batchOfferSchema }),
]);
export type InputOffer = z.infer<typeof inputOfferSchema>;

export const resultRowSchema = z.strictObject({
  /** Its place in the input. */
  item: z.int().nonnegative(),
  name: z.string(),
  /** Where a small drawing of it is; null when no version could make anything of it. */
  thumb: z.string().nullable(),
  /** One of each version, in the order of their numbers. */
  answers: z.array(
    z.strictObject({
      version: versionNumberSchema,
      /** The first class; null when there is no answer. */
      class: z.string().nullable(),
      probability: z.number().nullable(),
      /** The code of what went wrong. */
      error: z.string().nullable(),
    }),
  ),
});
export type ResultRow = z.infer<typeof resultRowSchema>;

export const resultPageSchema = z.strictObject({
  /** How many pictures match. */
  total: z.int().nonnegative(),
  rows: z.array(resultRowSchema),
});
export type ResultPage = z.infer<typeof resultPageSchema>;

export const exportFormatSchema = z.enum(['csv', 'jsonl', 'parquet']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

const jobRef = z.strictObject({ id: z.string() });

/** The calls about jobs, for `callSpecs`. */
export const jobCalls = {
  'jobs.list': { input: z.void(), output: z.array(jobViewSchema) },
  'jobs.detail': { input: jobRef, output: jobDetailSchema },
  /** Lets the person choose what a batch is about; null when they cancel. */
  'jobs.chooseInput': {
    input: z.strictObject({ kind: batchInputSchema }),
    output: batchOfferSchema.nullable(),
  },
  /** Pictures that the page has; those that were pasted have no file and are left out. */
  'jobs.offerPictures': {
    input: z.strictObject({ pictures: z.array(z.string()).min(1).max(10_000) }),
    output: batchOfferSchema,
  },
  'jobs.startBatch': {
    input: z.strictObject({
      ticket: z.string(),
      title: z.string().min(1).max(300),
      model: modelNameSchema,
      versions: z.array(versionNumberSchema).min(1).max(100),
      top: z.int().min(1).max(10_000),
    }),
    output: jobViewSchema,
  },
  'jobs.startPrediction': {
    input: z.strictObject({
      ticket: z.string(),
      title: z.string().min(1).max(300),
      model: modelNameSchema,
      versions: z.array(versionNumberSchema).min(1).max(100),
      target: tensorFormatSchema,
    }),
    output: jobViewSchema,
  },
  'jobs.pause': { input: jobRef, output: z.void() },
  'jobs.resume': { input: jobRef, output: z.void() },
  'jobs.cancel': { input: jobRef, output: z.void() },
  'jobs.retry': { input: jobRef, output: jobViewSchema },
  'jobs.runAgain': { input: jobRef, output: jobViewSchema },
  'jobs.remove': { input: jobRef, output: z.void() },
  'jobs.setPriority': { input: jobRef.extend({ priority: z.int().min(-100).max(100) }), output: z.void() },
  'jobs.results': {
    input: jobRef.extend({
      filter: resultFilterSchema,
      offset: z.int().nonnegative(),
      limit: z.int().positive().max(500),
      /** Look again which pictures match, rather than page through what was found before. */
      isFresh: z.boolean(),
    }),
    output: resultPageSchema,
  },
  'jobs.counts': { input: jobRef, output: resultCountsSchema },
  'jobs.openPicture': { input: jobRef.extend({ item: z.int().nonnegative() }), output: pictureOfferSchema },
  /** Lets the person choose where; the name of the file, or null when they cancel. */
  'jobs.export': {
    input: jobRef.extend({ format: exportFormatSchema }),
    output: z.strictObject({ name: z.string() }).nullable(),
  },
  /** The same of a batch over tensors, in the form it was asked for. */
  'jobs.exportPredictions': { input: jobRef, output: z.strictObject({ name: z.string() }).nullable() },
  /** Shows the file that was exported last, in the system's files. */
  'jobs.showExport': { input: jobRef, output: z.void() },
  'jobs.showInput': { input: jobRef, output: z.void() },
} as const;

/** What the engine tells about jobs by itself, for `feedSpecs`. */
export const jobFeeds = {
  'jobs.changed': z.strictObject({ changed: z.array(jobViewSchema), removed: z.array(z.string()) }),
  /** The person asks for this job from outside the page. */
  'jobs.opened': jobRef,
} as const;
