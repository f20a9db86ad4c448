/** Bytes of one number by NumPy's letter and size; complex numbers are two. */
const numberBytes = (kind: string, size: number): number =>
  kind === 'U' ? 4 : kind === 'c' ? size / 2 : size;

const descriptor = /('descr'\s*:\s*')>([a-zA-Z])(\d+)'/;
const magicBytes = 6;

/**
 * A NumPy file whose numbers have their highest byte first, such as `>f4`, as one with their lowest first, which is what typed arrays hold;
 * any other comes back as it is. `bytes` are not changed.
 */
export function lowestByteFirst(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12) return bytes;
  const isLong = (bytes[magicBytes] ?? 1) > 1;
  const headerAt = isLong ? 12 : 10;
  const dataAt = headerAt + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(bytes.subarray(headerAt, dataAt)).toString('latin1');
  const match = descriptor.exec(header);
  if (!match) return bytes;
  const [, , kind = '', size = ''] = match;
  const swapped = Uint8Array.from(bytes);
  const mark = headerAt + match.index + (match[1]?.length ?? 0);
  swapped[mark] = '<'.charCodeAt(0);
  const each = numberBytes(kind, Number(size));
  for (let at = dataAt; at + each <= swapped.length; at += each) swapped.subarray(at, at + each).reverse();
  return swapped;
}
