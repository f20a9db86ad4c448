import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../../app/base/errors';
import type { WarmedUp } from '../../../app/contract/running';
import type { RecordedCall } from '../codecs/recorded-call';
import { isLfsPointer, lfsPointer } from '../lfs-pointer';
import type { WarmUpOptions } from '../protocol';
import { readPredictionLog } from './prediction-log';
import { readRecordedLines } from './recorded-lines';
import { readTfRecords } from './tf-record';

/** Where recorded requests stand in a version's folder. Source: TensorFlow Serving, servables/tensorflow/saved_model_warmup_util.h. */
export const warmUpFile = join('assets.extra', 'tf_serving_warmup_requests');
/** And where those stand that Slipway logged. */
export const recordedFile = join('assets.extra', 'slipway_warmup_requests.jsonl');
/** Of each file. */
const maxRecords = 1000;

export interface WarmUpHost {
  /** Answers a recorded request. */
  readonly replay: (request: RecordedCall) => Promise<unknown>;
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
  const [records, lines] = await Promise.all([
    readWhole(folder, warmUpFile),
    readWhole(folder, recordedFile),
  ]);
  if (!records && !lines) {
    await makeUp().catch(() => undefined);
    return { records: 0, ms: performance.now() - startedAt };
  }
  let count = 0;
  for (const requests of [records ? requestsOf(records) : [], lines ? readRecordedLines(lines) : []]) {
    let ofFile = 0;
    for (const request of requests) {
      count++;
      if (++ofFile > maxRecords) {
        const detail = `The warm-up file holds more than ${maxRecords} records`;
        throw new AppError('WARMUP_INVALID', {}, { detail });
      }
      if (!request) continue;
      for (let iteration = 0; iteration < Math.max(1, requestIterations); iteration++) {
        try {
          await replay(request);
        } catch (thrown) {
          const error = AppError.from(thrown);
          const detail = `Warm-up record ${ofFile} (${request.params.method}): ${error.message}`;
          throw new AppError('WARMUP_FAILED', {}, { detail, status: error.status, cause: error });
        }
      }
    }
  }
  return { records: count, ms: performance.now() - startedAt };
}

function* requestsOf(file: Uint8Array): Generator<RecordedCall | undefined> {
  for (const record of readTfRecords(file)) yield readPredictionLog(record);
}

async function readWhole(folder: string, name: string): Promise<Uint8Array | undefined> {
  let file: Uint8Array;
  try {
    file = await readFile(join(folder, name));
  } catch {
    return undefined; // no such file is the usual case
  }
  if (isLfsPointer(file)) throw lfsPointer(basename(name));
  return file;
}
