import fc from 'fast-check';

interface Edit {
  readonly from: number;
  readonly length: number;
  readonly with: Uint8Array;
}

const utf8 = new TextEncoder();
const pieces = [
  '',
  '0',
  '-1',
  '1e999',
  'NaN',
  '99999999999999999999',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  ':',
  '\n',
  '\r',
  '\t',
  '\0',
  ' ',
  '\u{feff}',
  '💥',
  'null',
  'true',
  '{}',
  '[]',
  '[[1]]',
  '"x"',
  '__proto__',
  '../../x',
  '/etc/passwd',
  '[['.repeat(2_000),
  '{"a":'.repeat(2_000),
  'x'.repeat(10_000),
].map((text) => utf8.encode(text));

/** What `whole` becomes when one to four of its pieces are cut out, doubled, or replaced by something awkward. */
export function bytesNear(whole: string | Uint8Array): fc.Arbitrary<Uint8Array> {
  const bytes = typeof whole === 'string' ? utf8.encode(whole) : whole;
  const edit: fc.Arbitrary<Edit> = fc.record({
    from: fc.nat({ max: bytes.length }),
    length: fc.oneof(fc.constantFrom(0, 1, 2), fc.nat({ max: 40 })),
    with: fc.oneof(
      fc.constantFrom(...pieces),
      fc.uint8Array({ maxLength: 8 }),
      fc
        .tuple(fc.nat({ max: bytes.length }), fc.nat({ max: 40 }))
        .map(([from, length]) => bytes.subarray(from, from + length)),
    ),
  });
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce<Uint8Array>(
        (now, { from, length, with: piece }) =>
          Uint8Array.from(Buffer.concat([now.subarray(0, from), piece, now.subarray(from + length)])),
        bytes,
      ),
    );
}
