import { AppError } from '../../../app/base/errors';
import { type RecordedCall, recordedCallSchema } from '../codecs/recorded-call';

/** Reads recorded requests, one a line; more may stand in a line, as in a request log. Throws WARMUP_INVALID, with the line. */
export function* readRecordedLines(file: Uint8Array): Generator<RecordedCall> {
  let number = 0;
  for (const line of Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString().split('\n')) {
    number++;
    if (line.trim() !== '') yield parse(line, number);
  }
}

function parse(line: string, number: number): RecordedCall {
  try {
    return recordedCallSchema.parse(JSON.parse(line));
  } catch (cause) {
    const detail = `Line ${number} of the warm-up requests is no recorded request`;
    throw new AppError('WARMUP_INVALID', {}, { detail, cause });
  }
}
