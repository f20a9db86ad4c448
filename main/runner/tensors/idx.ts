import { AppError } from '../../../app/base/errors';
import type { ArrayHead } from './npy';

/** Source: http://yann.lecun.com/exdb/mnist, "the IDX file format": numbers are big-endian. */
const dtypes: Readonly<Record<number, string>> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

/** Bytes that `readIdxHead` needs at most. */
export const idxHeadBytes = 4 + 4 * 255;

/** `start` is the beginning of the file. Throws INVALID_ARGUMENT. */
export function readIdxHead(start: Uint8Array): ArrayHead {
  const dtype = dtypes[start[2] ?? 0];
  const rank = start[3] ?? 0;
  const offset = 4 + 4 * rank;
  if (start[0] !== 0 || start[1] !== 0 || !dtype || rank === 0 || start.length < offset)
    throw new AppError('INVALID_ARGUMENT', {}, { detail: 'This is no IDX file' });
  const view = new DataView(start.buffer, start.byteOffset);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { dtype, shape, offset, isBigEndian: true };
}

/** The head of an IDX file. Throws INVALID_ARGUMENT for a type that the format does not have. */
export function idxHead(dtype: string, shape: readonly number[]): Uint8Array {
  const code = Object.entries(dtypes).find(([, name]) => name === dtype)?.[0];
  if (!code)
    throw new AppError('INVALID_ARGUMENT', {}, { detail: `IDX files have no numbers of type ${dtype}` });
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.writeUInt8(Number(code), 2);
  head.writeUInt8(shape.length, 3);
  for (const [axis, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * axis);
  return head;
}
