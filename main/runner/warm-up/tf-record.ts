import { AppError } from '../../../app/base/errors';
import { maskedCrc32c } from './crc32c';

const headBytes = 12;
const tailBytes = 4;

/** The records of a TFRecord file. Throws WARMUP_INVALID (DATA_LOSS) where it is cut off or damaged. Source: TensorFlow, core/lib/io/record_reader.h. */
export function* readTfRecords(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length; ) {
    const start = at + headBytes;
    if (start > file.length) throw damaged(`it ends at byte ${at}`);
    if (view.getUint32(at + 8, true) !== maskedCrc32c(file.subarray(at, at + 8)))
      throw damaged(`a length at byte ${at} does not match its checksum`);
    const length = Number(view.getBigUint64(at, true));
    if (length > file.length - start - tailBytes) throw damaged(`it ends in the record at byte ${at}`);
    const record = file.subarray(start, start + length);
    if (view.getUint32(start + length, true) !== maskedCrc32c(record))
      throw damaged(`the record at byte ${at} does not match its checksum`);
    yield record;
    at = start + length + tailBytes;
  }
}

const damaged = (how: string): AppError =>
  new AppError('WARMUP_INVALID', {}, { detail: `The warm-up file is damaged: ${how}`, status: 'DATA_LOSS' });
