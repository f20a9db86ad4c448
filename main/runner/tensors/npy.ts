import { parse } from 'npyjs';
import { AppError } from '../../../app/base/errors';

/** What lies in a file of numbers before them. */
export interface ArrayHead {
  /** As `Tensor.dtype` says it. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly offset: number;
  readonly isBigEndian: boolean;
}

const dtypes: Readonly<Record<string, string>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  b1: 'bool',
};
const codes = new Map(Object.entries(dtypes).map(([code, dtype]) => [dtype, code]));
const alignment = 64;

/** Bytes that `readNpyHead` needs at most. */
export const npyHeadBytes = 64 * 1024;

/** `start` is the beginning of the file. Throws INVALID_ARGUMENT. */
export function readNpyHead(start: Uint8Array): ArrayHead {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  try {
    const isShort = view.getUint8(6) <= 1;
    const offset = isShort ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
    const { dtype: code, shape, fortranOrder } = parse(start.slice(0, offset).buffer);
    const dtype = dtypes[code];
    if (!dtype) throw new Error(`Numbers of type ${code} are not read`);
    if (fortranOrder && shape.length > 1)
      throw new Error('It is stored column by column: save it with numpy.ascontiguousarray');
    return { dtype, shape, offset, isBigEndian: false };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('INVALID_ARGUMENT', {}, { detail: `This is no .npy file that is read: ${why}` });
  }
}

/** The head of a .npy file. Throws INVALID_ARGUMENT for a type that NumPy does not have. */
export function npyHead(dtype: string, shape: readonly number[]): Uint8Array {
  const code = codes.get(dtype);
  if (!code) throw new AppError('INVALID_ARGUMENT', {}, { detail: `NumPy has no numbers of type ${dtype}` });
  const order = code.endsWith('1') ? '|' : '<';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const unpadded = 10 + text.length + 1;
  const length = Math.ceil(unpadded / alignment) * alignment;
  const head = Buffer.from(`\x93NUMPY\x01\x00\0\0${text.padEnd(length - 11)}\n`, 'latin1');
  head.writeUInt16LE(length - 10, 8);
  return head;
}
