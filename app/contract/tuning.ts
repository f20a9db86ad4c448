import { z } from 'zod';

/** One way to run a version. */
export const tuningPointSchema = z.strictObject({
  instances: z.int().positive(),
  intraOpThreads: z.int().positive(),
  maxBatchSize: z.int().positive(),
  batchTimeoutMicros: z.int().nonnegative(),
});

/** What running a version so under load gave. */
export const tuningRowSchema = z.strictObject({
  point: tuningPointSchema,
  requestsPerSecond: z.number().nonnegative(),
  /** Null when it could not be run so. */
  p95Ms: z.number().nonnegative().nullable(),
  isWithinBound: z.boolean(),
});
export type TuningRowView = z.infer<typeof tuningRowSchema>;

/** What a search for the best way to run a version found. */
export const tuningReportSchema = z.strictObject({
  p95BoundMs: z.number(),
  /** As it was run before. */
  baseline: tuningRowSchema,
  best: tuningRowSchema,
  /** Requests a second of the best as a multiple of the baseline's, both measured again in turns. */
  gain: z.number(),
  /** Every way that was tried, in that order. */
  table: z.array(tuningRowSchema),
  /** False when time ran out before every direction was tried. */
  isComplete: z.boolean(),
  /** Was the best made the model's setting? */
  isApplied: z.boolean(),
  /** Takes that back. */
  undo: z.string().nullable(),
});
export type TuningReport = z.infer<typeof tuningReportSchema>;
