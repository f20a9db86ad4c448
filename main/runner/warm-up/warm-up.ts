import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../../app/base/errors';
import type { WarmedUp } from '../../../app/contract/running';
import { isLfsPointer, lfsPointer } from '../lfs-pointer';
import type { WarmUpOptions } from '../protocol';
import { type RecordedRequest, readPredictionLog } from './prediction-log';
import { readTfRecords } from './tf-record';

/** Where recorded requests stand in a version's folder. Source: TensorFlow Serving, servables/tensorflow/saved_model_warmup_util.h. */
export const warmUpFile = join('assets.extra', 'tf_serving_warmup_requests');
const maxRecords = 1000;

export interface WarmUpHost {
  /** Answers a recorded request. */
  readonly replay: (request: RecordedRequest) => Promise<unknown>;
  /** Runs on inputs of our own making; called when nothing was recorded. Its failures are not the model's fault. */
  readonly makeUp: () => Promise<unknown>;
}

/**
 * Runs a version before anyone waits for it, so that the first request is as fast as the later ones. Null when it is not to.
 * Throws MODEL_FILE_IS_LFS_POINTER, WARMUP_INVALID for a file that cannot be replayed, WARMUP_FAILED with the request's own status when a request fails.
 */
export async function warmUp(
  folder: string,
  { isEnabled = true, requestIterations = 1 }: WarmUpOptions,
  { replay, makeUp }: WarmUpHost,
): Promise<WarmedUp | null> {
  if (!isEnabled) return null;
  const startedAt = performance.now();
  const file = await readRecorded(folder);
  if (file === undefined) {
    await makeUp().catch(() => undefined);
    return { records: 0, ms: performance.now() - startedAt };
  }
  if (isLfsPointer(file)) throw lfsPointer(basename(warmUpFile));
  let count = 0;
  for (const record of readTfRecords(file)) {
    if (++count > maxRecords) {
      const detail = `The warm-up file holds more than ${maxRecords} records`;
      throw new AppError('WARMUP_INVALID', {}, { detail });
    }
    const request = readPredictionLog(record);
    if (!request) continue;
    for (let iteration = 0; iteration < Math.max(1, requestIterations); iteration++) {
      try {
        await replay(request);
      } catch (thrown) {
        const error = AppError.from(thrown);
        const detail = `Warm-up record ${count} (${request.method}): ${error.message}`;
        throw new AppError('WARMUP_FAILED', {}, { detail, status: error.status, cause: error });
      }
    }
  }
  return { records: count, ms: performance.now() - startedAt };
}

async function readRecorded(folder: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(join(folder, warmUpFile));
  } catch {
    return undefined; // no such file is the usual case
  }
}
