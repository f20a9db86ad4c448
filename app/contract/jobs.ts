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
  log: z.array(z.strictObject({ atMs: z.number(), text: z.string() })),
  /** What it was asked for with: the same again is exactly this job again. */
  params: z.json(),
  /** Why it failed. */
  error: wireErrorSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;
