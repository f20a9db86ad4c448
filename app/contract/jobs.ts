import { z } from 'zod';
import { wireErrorSchema } from './error';
import { modelNameSchema, versionNumberSchema } from './models';

/**
 * Where a job is in its life. `paused` keeps its results and its place; `interrupted` was running when the app ended without being
 * told to: it goes on from what it had finished.
 */
export const jobStateSchema = z.enum([
  'queued',
  'running',
  'paused',
  'cancelling',
  'done',
  'failed',
  'cancelled',
  'interrupted',
]);
export type JobState = z.infer<typeof jobStateSchema>;

/** What a job's log can say; its text lives in the page's catalogue under `jobs.log.<code>`. */
export const jobLogCodes = [
  'started',
  'resumed',
  'progress',
  'paused',
  'continued',
  'stopping',
  'cancelled',
  'failed',
  'finished',
  'pictures',
  'versionsReady',
  'pictureFailed',
  'moreFailed',
  'measured',
  'tuned',
  'tunedNothing',
] as const;
export type JobLogCode = (typeof jobLogCodes)[number];

export const jobLogLineSchema = z.strictObject({
  atMs: z.number(),
  level: z.enum(['info', 'warning']),
  /** One of `jobLogCodes`, or of another Slipway's. */
  code: z.string(),
  params: z.record(z.string(), z.string()),
});
export type JobLogLine = z.infer<typeof jobLogLineSchema>;

/** How fast a job was from the point before until `elapsedMs` of its running time. */
export const ratePointSchema = z.strictObject({
  elapsedMs: z.number().nonnegative(),
  /** Items a second. */
  rate: z.number().nonnegative(),
});
export type RatePoint = z.infer<typeof ratePointSchema>;

/** Long work: batch inference, import, benchmark. */
export const jobSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  /** For people, in the language in which it was asked for. */
  title: z.string(),
  model: modelNameSchema.nullable(),
  versions: z.array(versionNumberSchema),
  state: jobStateSchema,
  /** The highest of those that are queued runs next; among equals the oldest. */
  priority: z.int(),
  progress: z.strictObject({
    /** Items finished, those that failed included. */
    done: z.int().nonnegative(),
    /** Null until they are counted. */
    total: z.int().nonnegative().nullable(),
    failed: z.int().nonnegative(),
  }),
  /** Items a second of late; null until it can be told. */
  rate: z.number().nullable(),
  /** Null until three estimates in a row agree. */
  remainingMs: z.number().nonnegative().nullable(),
  createdAtMs: z.number(),
  /** When it first ran. */
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  /** Time it ran, without pauses. */
  elapsedMs: z.number().nonnegative(),
  /** The last lines, oldest first. */
  log: z.array(jobLogLineSchema),
  /** Its pace from the beginning, oldest first, ever coarser as it lasts. */
  rates: z.array(ratePointSchema).default([]),
  /** What it was asked for with: the same again is exactly this job again. */
  params: z.json(),
  /** Why it failed. */
  error: wireErrorSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** Which results of a batch are looked at, and in which order. */
export const resultFilterSchema = z.strictObject({
  show: z.enum(['all', 'differing', 'failed']),
  /** The two versions that differ; null for any two. */
  between: z.tuple([versionNumberSchema, versionNumberSchema]).nullable(),
  /** At least one version says so. */
  class: z.string().nullable(),
  /** At least one version gives its first class, which is `class` if that is set, such a probability. */
  confidence: z.strictObject({ least: z.number(), most: z.number() }).nullable(),
  order: z.enum(['input', 'leastSure']),
});
export type ResultFilter = z.infer<typeof resultFilterSchema>;

export const resultCountsSchema = z.strictObject({
  answered: z.int(),
  /** At least one version has no answer. */
  failed: z.int(),
  /** At least two versions give different first classes. */
  differing: z.int(),
  pairs: z.array(
    z.strictObject({ between: z.tuple([versionNumberSchema, versionNumberSchema]), count: z.int() }),
  ),
  /** Pictures of which at least one version says so: the most frequent first, a thousand at most. */
  classes: z.array(z.strictObject({ class: z.string(), count: z.int() })),
});
export type ResultCounts = z.infer<typeof resultCountsSchema>;
