import { AppError } from '../../../app/base/errors';

/** How requests for one version are put together into runs. Source: TensorFlow Serving, `BatchingParameters` of session_bundle_config.proto. */
export interface BatchingParameters {
  /** Most rows (dimension 0, summed) that one batch takes in. */
  readonly maxBatchSize: number;
  /** How old the oldest task may grow before a batch that is not full runs; 0 never waits while nothing runs. */
  readonly batchTimeoutMicros: number;
  /** Batches that may wait; beyond that a task is refused as UNAVAILABLE. */
  readonly maxEnqueuedBatches: number;
  /** Batches that may be under way at once. Native runs block a runner, which therefore keeps to 1. */
  readonly numBatchThreads: number;
  /** Strictly increasing; a batch is filled up to the next of them. Empty allows any size. */
  readonly allowedBatchSizes: readonly number[];
  /** Fill up dimensions after the first to the largest of the batch. */
  readonly padVariableLengthInputs: boolean;
  /** Cut a task that is larger than `maxExecutionBatchSize`. */
  readonly enableLargeBatchSplitting: boolean;
  /** Rows that are run at once when tasks are cut. */
  readonly maxExecutionBatchSize: number;
}

/** What a person or a file says; the rest is TensorFlow Serving's default. */
export type BatchingSettings = {
  readonly [K in keyof BatchingParameters]?: BatchingParameters[K] | undefined;
};

/** Fills in the defaults. Throws BATCHING_INVALID. */
export function batchingParameters(settings: BatchingSettings = {}): BatchingParameters {
  const maxBatchSize = settings.maxBatchSize ?? 1000;
  const parameters: BatchingParameters = {
    maxBatchSize,
    batchTimeoutMicros: settings.batchTimeoutMicros ?? 0,
    maxEnqueuedBatches: settings.maxEnqueuedBatches ?? 10,
    numBatchThreads: settings.numBatchThreads ?? 1,
    allowedBatchSizes: settings.allowedBatchSizes ?? [],
    padVariableLengthInputs: settings.padVariableLengthInputs ?? false,
    enableLargeBatchSplitting: settings.enableLargeBatchSplitting ?? false,
    maxExecutionBatchSize: settings.maxExecutionBatchSize ?? maxBatchSize,
  };
  check(parameters);
  return parameters;
}

function check(parameters: BatchingParameters): void {
  const {
    maxBatchSize,
    allowedBatchSizes: allowed,
    maxExecutionBatchSize,
    enableLargeBatchSplitting,
  } = parameters;
  const least = {
    maxBatchSize: 1,
    batchTimeoutMicros: 0,
    maxEnqueuedBatches: 0,
    numBatchThreads: 1,
    maxExecutionBatchSize: 1,
  } as const;
  for (const [name, low] of Object.entries(least)) {
    const value = parameters[name as keyof typeof least];
    if (!Number.isInteger(value) || value < low)
      throw invalid(`${name} must be a whole number of at least ${low}`);
  }
  if (enableLargeBatchSplitting && maxExecutionBatchSize > maxBatchSize)
    throw invalid('maxExecutionBatchSize must not be above maxBatchSize');
  if (allowed.some((size) => !Number.isInteger(size) || size < 1))
    throw invalid('allowedBatchSizes must be whole numbers of at least 1');
  if (allowed.some((size, index) => index > 0 && size <= (allowed[index - 1] ?? 0)))
    throw invalid('allowedBatchSizes must be strictly increasing');
  const last = allowed.at(-1);
  const wanted = enableLargeBatchSplitting ? maxExecutionBatchSize : maxBatchSize;
  if (last !== undefined && last !== wanted)
    throw invalid(
      `The last of allowedBatchSizes must be ${enableLargeBatchSplitting ? 'maxExecutionBatchSize' : 'maxBatchSize'} (${wanted}), not ${last}`,
    );
}

/** Most rows that one run gets. */
export const executionSize = ({
  enableLargeBatchSplitting,
  maxBatchSize,
  maxExecutionBatchSize,
}: BatchingParameters): number => (enableLargeBatchSplitting ? maxExecutionBatchSize : maxBatchSize);

/** The size that a batch of `rows` is filled up to. */
export const paddedSize = (rows: number, allowed: BatchingParameters['allowedBatchSizes']): number =>
  allowed.find((size) => size >= rows) ?? rows;

const invalid = (detail: string): AppError => new AppError('BATCHING_INVALID', { detail }, { detail });
