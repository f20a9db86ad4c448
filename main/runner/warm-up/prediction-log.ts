import { AppError } from '../../../app/base/errors';
import type { InferMethod } from '../codecs/codec';
import type { RecordedCall } from '../codecs/recorded-call';
import { eachField, eachNestedField, readMessage, wireTypes } from '../codecs/wire';

/** Which request each field of `PredictionLog` records. Source: tensorflow_serving/apis/prediction_log.proto. */
const methods: Readonly<Record<number, InferMethod>> = {
  2: 'classify',
  3: 'regress',
  4: 'multiInference',
  6: 'predict',
};
/** `session_run_log` and `predict_streamed_log`. */
const unsupported: ReadonlySet<number> = new Set([5, 7]);

/** Reads a `PredictionLog`; undefined when it records nothing. Throws WARMUP_INVALID, with the status UNIMPLEMENTED for kinds that are not replayed. */
export function readPredictionLog(record: Uint8Array): RecordedCall | undefined {
  let found: RecordedCall | undefined;
  try {
    readMessage(record, 'PredictionLog', (reader) =>
      eachField(reader, reader.len, (field, wireType) => {
        if (wireType !== wireTypes.bytes) return false;
        if (unsupported.has(field))
          throw invalid(`PredictionLog field ${field} is not replayed`, 'UNIMPLEMENTED');
        const method = methods[field];
        if (!method) return false;
        let request: Uint8Array = new Uint8Array();
        eachNestedField(reader, (inner, innerType) => {
          if (inner !== 1 || innerType !== wireTypes.bytes) return false;
          request = reader.bytes();
          return true;
        });
        found = { codec: 'tfs-proto', params: { method }, request };
        return true;
      }),
    );
  } catch (thrown) {
    const error = AppError.from(thrown);
    throw error.code === 'WARMUP_INVALID' ? error : invalid(error.message);
  }
  return found;
}

const invalid = (detail: string, status: AppError['status'] = 'INVALID_ARGUMENT'): AppError =>
  new AppError('WARMUP_INVALID', {}, { detail, status });
