import { z } from 'zod';

/** How requests for a model are put together into runs; what is absent has TensorFlow Serving's default. */
export const batchingSettingsSchema = z.strictObject({
  maxBatchSize: z.int().positive().optional(),
  batchTimeoutMicros: z.int().nonnegative().optional(),
  maxEnqueuedBatches: z.int().nonnegative().optional(),
  allowedBatchSizes: z.array(z.int().positive()).optional(),
  padVariableLengthInputs: z.boolean().optional(),
  enableLargeBatchSplitting: z.boolean().optional(),
  maxExecutionBatchSize: z.int().positive().optional(),
});

/** How the versions of a model are run. Absent: decided by what their folder says, by measuring, or by the machine. */
export const runningSettingsSchema = z.strictObject({
  batching: z.union([z.literal('off'), batchingSettingsSchema]).optional(),
  /** Processes for each version. */
  instances: z.int().positive().max(64).optional(),
  /** Threads within one run. */
  intraOpThreads: z.int().positive().max(256).optional(),
  /** Resident memory above which a version's process is ended. */
  memoryCapBytes: z.int().positive().optional(),
  /** May another version answer what was in flight when a version's process ended? The answer then says so. */
  answerFromLastGood: z.boolean().optional(),
});
export type RunningSettings = z.infer<typeof runningSettingsSchema>;
