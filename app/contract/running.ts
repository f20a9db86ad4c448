import { z } from 'zod';

/** How requests for a model are put together into runs; what is absent has TensorFlow Serving's default. */
export const batchingSettingsSchema = z.strictObject({
  maxBatchSize: z.int().positive().optional().describe('Most examples in one run'),
  batchTimeoutMicros: z
    .int()
    .nonnegative()
    .optional()
    .describe('How long the first of a run waits for others'),
  maxEnqueuedBatches: z
    .int()
    .nonnegative()
    .optional()
    .describe('Runs that may wait; beyond them requests are refused'),
  allowedBatchSizes: z
    .array(z.int().positive())
    .optional()
    .describe('A run is filled up to the next of these sizes'),
  padVariableLengthInputs: z.boolean().optional().describe('Fill up inputs of unequal length with zeros'),
  enableLargeBatchSplitting: z
    .boolean()
    .optional()
    .describe('Split requests of more examples than one run takes'),
  maxExecutionBatchSize: z
    .int()
    .positive()
    .optional()
    .describe('Most examples in one run where requests are split'),
});
export type BatchingSettings = z.infer<typeof batchingSettingsSchema>;

/** What can run a model beside the processor, as onnxruntime names it; which of them there are depends on its build and the machine. */
export const executionProviders = ['cpu', 'webgpu', 'cuda', 'tensorrt', 'coreml', 'dml'] as const;
export const executionProviderSchema = z.enum(executionProviders);
export type ExecutionProvider = z.infer<typeof executionProviderSchema>;

/** How the versions of a model are run. Absent: decided by what their folder says, by measuring, or by the machine. */
export const runningSettingsSchema = z.strictObject({
  batching: z
    .union([z.literal('off'), batchingSettingsSchema])
    .optional()
    .describe('How requests are put together into runs; off runs each by itself'),
  instances: z.int().positive().max(64).optional().describe('Processes for each version'),
  intraOpThreads: z.int().positive().max(256).optional().describe('Threads within one run'),
  executionProvider: executionProviderSchema
    .optional()
    .describe('What runs it: cpu, or what else the computer has. Where that cannot, cpu does and says so'),
  memoryCapBytes: z
    .int()
    .positive()
    .optional()
    .describe('Resident memory above which the process of a version is ended'),
  answerFromLastGood: z
    .boolean()
    .optional()
    .describe(
      'May another version answer what was in flight when the process of a version ended? The answer then says so',
    ),
});
export type RunningSettings = z.infer<typeof runningSettingsSchema>;

/** How a loaded version puts requests together. */
export const effectiveBatchingSchema = z.strictObject({
  /** Who decided: somebody's setting, a file in its folder, a trial when it was loaded, or the shape of the model. */
  source: z.enum(['set', 'folder', 'measured', 'model']),
  /** 1 runs each request by itself. */
  maxBatchSize: z.int().positive(),
  batchTimeoutMicros: z.int().nonnegative(),
});
export type EffectiveBatching = z.infer<typeof effectiveBatchingSchema>;

/** What runs a version, as a trial showed it when it was loaded. */
export const providerReportSchema = z.strictObject({
  asked: executionProviderSchema,
  /** Another than asked where that could not: `warnings` of the description then say why. */
  used: executionProviderSchema,
  /** What the build of the runtime has, as it lists it. */
  listed: z.array(z.string()),
  /** What ran what: operators of the graph, after the runtime has joined some, and the time that they took. Empty when all is cpu. */
  parts: z.array(
    z.strictObject({
      provider: z.string(),
      operators: z.int().positive(),
      ms: z.number().nonnegative(),
    }),
  ),
  /** How far the outputs were from those of cpu, as a share of the largest number; null where nothing was compared. */
  agreement: z
    .strictObject({ difference: z.number().nonnegative(), tolerance: z.number(), agrees: z.boolean() })
    .nullable(),
});
export type ProviderReport = z.infer<typeof providerReportSchema>;

/** How a loaded version runs. Null where its platform has no such thing. */
export const effectiveRunningSchema = z.strictObject({
  batching: effectiveBatchingSchema.nullable(),
  instances: z.int().positive(),
  intraOpThreads: z.int().positive().nullable(),
  provider: providerReportSchema.nullable(),
  memoryCapBytes: z.int().positive().nullable(),
});
export type EffectiveRunning = z.infer<typeof effectiveRunningSchema>;

/** So many runs had so many examples. */
export const batchCountSchema = z.strictObject({
  size: z.int().positive(),
  runs: z.int().nonnegative(),
  /** Time that these runs took together. */
  totalMs: z.number().nonnegative(),
  /** Of these runs, those that were filled up, by the number of examples that were missing; absent where none was. */
  filled: z.array(z.strictObject({ missing: z.int().positive(), runs: z.int().positive() })).optional(),
});
export type BatchCount = z.infer<typeof batchCountSchema>;

/** What was run before the version answered anybody. */
export const warmedUpSchema = z.strictObject({
  /** Recorded requests; 0 where there were none, and something was made up. */
  records: z.int().nonnegative(),
  ms: z.number().nonnegative(),
});
export type WarmedUp = z.infer<typeof warmedUpSchema>;
