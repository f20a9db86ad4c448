import fc from 'fast-check';

type Path = readonly (string | number)[];

/** Every place in a document. */
function placesOf(value: unknown, path: Path = []): readonly Path[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, part]) => placesOf(part, [...path, key]))];
}

const awkward = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    '',
    'x',
    '../../x',
    '__proto__',
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    [],
    {},
    [[[]]],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Documents that `whole` becomes when one to three of its parts are left out or are something else. */
export const jsonNear = (whole: unknown): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom(...placesOf(whole)), awkward), { minLength: 1, maxLength: 3 })
    .map((changes) => {
      let document: unknown = structuredClone(whole);
      for (const [path, value] of changes) document = withPart(document, path, value);
      return JSON.stringify(document) ?? 'null';
    });

function withPart(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof document !== 'object' || document === null) return document; // an earlier change took the place away
  const part = (document as Record<string | number, unknown>)[key];
  const changed = withPart(part, rest, value);
  if (Array.isArray(document))
    return document.map((each: unknown, at) => (String(at) === String(key) ? changed : each));
  return { ...document, [key]: changed };
}
