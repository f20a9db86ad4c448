import { getFloat16 } from '@petamoriken/float16';
import type { Tensor } from './tensor';

type Numbers = ArrayLike<number | bigint>;

/** A tensor's elements as the numbers that they stand for: float16 and bfloat16 travel as bit patterns. Null for strings. */
export function numbersOfTensor({ dtype, data }: Tensor): Numbers | null {
  if (!ArrayBuffer.isView(data)) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (dtype === 'float16') return decoded(view, (at) => getFloat16(view, at, true));
  if (dtype === 'bfloat16') {
    const widened = new DataView(new ArrayBuffer(4)); // the upper half of a float32
    return decoded(view, (at) => {
      widened.setUint16(2, view.getUint16(at, true), true);
      return widened.getFloat32(0, true);
    });
  }
  return data as ArrayBufferView & Numbers;
}

const decoded = ({ byteLength }: DataView, at: (offset: number) => number): Float32Array =>
  Float32Array.from({ length: byteLength / 2 }, (_, index) => at(index * 2));
