import { join } from 'node:path';
import { AppError } from '../../../../app/base/errors';
import type { BatchingSettings } from '../../../runner/batching/batching-parameters';
import { isLfsPointerFile, lfsPointer } from '../../../runner/lfs-pointer';
import { readSmallFile } from './small-file';
import { messagesOf, parseTextFormat, type TextMessage, type TextValue } from './text-format';

export const batchingFile = 'batching_params.pbtxt';

/**
 * Reads the batching parameters that stand in a version's folder; undefined when there are none. Throws BATCHING_INVALID, MODEL_FILE_IS_LFS_POINTER.
 * Source: TensorFlow Serving, `enable_per_model_batching_parameters`.
 */
export function readBatchingFile(folder: string): BatchingSettings | undefined {
  if (isLfsPointerFile(join(folder, batchingFile))) throw lfsPointer(batchingFile);
  const text = readSmallFile(join(folder, batchingFile));
  if (text === undefined) return undefined;
  const message = parseTextFormat(text);
  if (!message) throw invalid(`${batchingFile} could not be read`);
  const number = (field: string): number | undefined => {
    const value = wrapped(message, field);
    if (value !== undefined && typeof value !== 'number') throw invalid(`${field} is no number`);
    return value;
  };
  const flag = (field: string): boolean | undefined => {
    const value = wrapped(message, field);
    if (value !== undefined && typeof value !== 'boolean')
      throw invalid(`${field} is neither true nor false`);
    return value;
  };
  return {
    maxBatchSize: number('max_batch_size'),
    batchTimeoutMicros: number('batch_timeout_micros'),
    maxEnqueuedBatches: number('max_enqueued_batches'),
    allowedBatchSizes: (message['allowed_batch_sizes'] ?? []).map((size) => {
      if (typeof size !== 'number') throw invalid('allowed_batch_sizes has what is no number');
      return size;
    }),
    padVariableLengthInputs: flag('pad_variable_length_inputs'),
    enableLargeBatchSplitting: flag('enable_large_batch_splitting'),
    maxExecutionBatchSize: number('max_execution_batch_size'),
  };
}

/** A field of one of protobuf's wrapper types, `field { value: 4 }`, or of a plain one. */
function wrapped(message: TextMessage, field: string): TextValue | undefined {
  const [inner] = messagesOf(message, field);
  return inner ? inner['value']?.[0] : message[field]?.[0];
}

const invalid = (detail: string): AppError => new AppError('BATCHING_INVALID', { detail }, { detail });
