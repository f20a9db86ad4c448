import fc from 'fast-check';

// Takes protobuf bytes apart without knowing their schema, changes what they say, and puts them together again: what comes out is mostly
// well-formed, so that it gets further into a reader than noise does.

interface Field {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
  readonly wireType: number;
  readonly value: bigint | Uint8Array | readonly Field[];
}

const fixedBytes: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
const deepest = 12;

/** Fields of a message; undefined when the bytes are none. */
function fieldsOf(bytes: Uint8Array, depth = 0): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = BigInt(bytes[at++] ?? 0);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag >> 3n === 0n) return undefined;
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    const length = wireType === 2 ? varint() : BigInt(fixedBytes[wireType] ?? 0);
    if (wireType === 0) {
      const value = varint();
      if (value === undefined) return undefined;
      fields.push({ number, wireType, value });
    } else {
      if (length === undefined || length === 0n || at + Number(length) > bytes.length) {
        if (wireType !== 2 || length !== 0n) return undefined;
      }
      const inner = bytes.subarray(at, at + Number(length));
      at += Number(length);
      const nested = wireType === 2 && depth < deepest ? fieldsOf(inner, depth + 1) : undefined;
      fields.push({ number, wireType, value: nested && nested.length > 0 ? nested : inner });
    }
  }
  return fields;
}

function varintOf(value: bigint): number[] {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  return [...bytes, Number(left)];
}

function bytesOf(fields: readonly Field[]): Uint8Array {
  const parts = fields.map(({ number, wireType, value }) => {
    const tag = varintOf((BigInt(number) << 3n) | BigInt(wireType));
    if (typeof value === 'bigint') return Uint8Array.from([...tag, ...varintOf(value)]);
    const inner = value instanceof Uint8Array ? value : bytesOf(value);
    return Buffer.concat([
      Uint8Array.from([...tag, ...(wireType === 2 ? varintOf(BigInt(inner.length)) : [])]),
      inner,
    ]);
  });
  return Uint8Array.from(Buffer.concat(parts));
}

type Change =
  | { readonly kind: 'drop' | 'double' | 'swap' | 'nest' | 'empty' }
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'renumber' | 'retype'; readonly to: number };

interface Mutation {
  /** Which field, counted over all of the tree. */
  readonly at: number;
  readonly change: Change;
}

const extremes = [
  0n,
  1n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const texts = [
  '',
  '..',
  '../../x',
  '/etc/passwd',
  'C:\\x',
  '\0',
  'a'.repeat(5_000),
  '__proto__',
  'ai.onnx',
  'location',
  '💥',
];

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...(['drop', 'double', 'swap', 'nest', 'empty'] as const)).map((kind) => ({ kind })),
  fc.record({
    kind: fc.constant('number' as const),
    value: fc.oneof(fc.constantFrom(...extremes), fc.bigInt({ min: 0n, max: 300n })),
  }),
  fc.record({ kind: fc.constant('text' as const), value: fc.constantFrom(...texts) }),
  fc.record({ kind: fc.constant('renumber' as const), to: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('retype' as const), to: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7) }),
);

/** Messages that `whole` becomes by one to five changes. */
export function mutationsOf(whole: Uint8Array): fc.Arbitrary<Uint8Array> {
  const tree = fieldsOf(whole);
  if (!tree) throw new Error('These bytes are no message');
  const mutation: fc.Arbitrary<Mutation> = fc.record({ at: fc.nat({ max: countOf(tree) - 1 }), change });
  return fc
    .array(mutation, { minLength: 1, maxLength: 5 })
    .map((mutations) =>
      bytesOf(mutations.reduce<readonly Field[]>((fields, it) => mutated(fields, it), tree)),
    );
}

const countOf = (fields: readonly Field[]): number =>
  fields.reduce(
    (sum, { value }) => sum + 1 + (Array.isArray(value) ? countOf(value as readonly Field[]) : 0),
    0,
  );

function mutated(fields: readonly Field[], { at, change: how }: Mutation): readonly Field[] {
  let left = at;
  const visit = (list: readonly Field[]): readonly Field[] => {
    const next: Field[] = [];
    for (const field of list) {
      if (left-- === 0) next.push(...changed(field, how, list));
      else if (typeof field.value === 'bigint' || field.value instanceof Uint8Array) next.push(field);
      else next.push({ ...field, value: visit(field.value) });
    }
    return next;
  };
  return visit(fields);
}

function changed(field: Field, how: Change, beside: readonly Field[]): readonly Field[] {
  switch (how.kind) {
    case 'drop':
      return [];
    case 'double':
      return [field, field];
    case 'swap':
      return [{ ...field, value: beside[0]?.value ?? field.value, wireType: beside[0]?.wireType ?? 0 }];
    case 'nest':
      return [{ ...field, wireType: 2, value: [field, field] }];
    case 'empty':
      return [{ ...field, wireType: 2, value: new Uint8Array() }];
    case 'number':
      return [{ ...field, wireType: 0, value: how.value }];
    case 'text':
      return [{ ...field, wireType: 2, value: new TextEncoder().encode(how.value) }];
    case 'renumber':
      return [{ ...field, number: how.to }];
    case 'retype':
      return [{ ...field, wireType: how.to }];
  }
}
