const c1 = 0xcc9e2d51;
const c2 = 0x1b873593;

const scrambled = (block: number): number => {
  const k = Math.imul(block, c1);
  return Math.imul((k << 15) | (k >>> 17), c2);
};

/**
 * 32 bits that tell texts apart and nothing else of them: MurmurHash3_x86_32 of the text's UTF-16 code units, low bytes first.
 * The same on every machine and for ever: who gets which arm hangs on it.
 */
export function murmur32(text: string, seed: number): number {
  let h = seed | 0;
  const even = text.length & ~1;
  for (let at = 0; at < even; at += 2) {
    h ^= scrambled(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  if (even < text.length) h ^= scrambled(text.charCodeAt(even));
  h ^= text.length * 2;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Two numbers by which one thing's hashes differ from every other's. */
export interface Seed {
  readonly high: number;
  readonly low: number;
}

export const seedOf = (...names: readonly string[]): Seed => {
  const text = names.join('\n');
  return { high: murmur32(text, 0x51ed270b), low: murmur32(text, 0x2f9be6cc) };
};

/** Where `key` falls between 0 and 1, both excluded: 52 bits, spread evenly over keys, and independent from seed to seed. */
export function fractionOf(key: string, seed: Seed): number {
  const high = murmur32(key, seed.high) >>> 6;
  const low = murmur32(key, seed.low) >>> 6;
  return (high * 0x4000000 + low + 0.5) / 0x10000000000000;
}
