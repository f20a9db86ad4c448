import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floatText } from '../../../main/runner/codecs/float-text';
import { parseExamplesJson } from '../../../main/runner/codecs/tfs-examples-json';
import { parsePredictJson } from '../../../main/runner/codecs/tfs-predict-json';
import { bodyOf, faceOf, oneInput, statusOf } from '../../support/codec-faces';

const dtypes = [
  'float32',
  'float64',
  'float16',
  'int8',
  'uint8',
  'int32',
  'int64',
  'uint64',
  'bool',
  'string',
];
const pair = faceOf([
  { name: 'a', dtype: 'float32', shape: [''] },
  { name: 'b', dtype: 'string', shape: [''] },
]);
const tokens = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '"instances"',
    '"inputs"',
    '"examples"',
    '"context"',
    '"b64"',
    '"a"',
    '"x"',
  ],
  ...[
    '1',
    '-',
    '0',
    '.',
    '5e',
    'e+9',
    'NaN',
    'Infinity',
    '-Inf',
    'true',
    'null',
    '9'.repeat(40),
    '\u00e9',
    '\u0000',
    ' ',
  ],
);
const nearlyJson = fc.array(tokens, { maxLength: 60 }).map((parts) => parts.join(''));
const request = fc
  .record({
    key: fc.constantFrom('instances', 'inputs', 'examples'),
    value: fc.jsonValue({ maxDepth: 5 }),
  })
  .map(({ key, value }) => JSON.stringify({ [key]: value }));

describe('hostile request bodies', () => {
  test('whatever the bytes, a predict request is understood or refused', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.oneof(nearlyJson, request, fc.string()).map(bodyOf),
      nearlyJson.map((text) => bodyOf(`{"instances":[${text}]}`)),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(pair, ...dtypes.map((dtype) => oneInput(dtype))), (bytes, face) => {
        expect(['OK', 'INVALID_ARGUMENT', 'UNIMPLEMENTED']).toContain(
          statusOf(() => parsePredictJson(bytes, face)),
        );
        expect(['OK', 'INVALID_ARGUMENT']).toContain(statusOf(() => parseExamplesJson(bytes, face)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('a tensor that JSON can hold arrives as it was sent', () => {
    const rows = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }))
      .chain(([count, size]) =>
        fc.array(
          fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: size, maxLength: size }),
          {
            minLength: count,
            maxLength: count,
          },
        ),
      );
    fc.assert(
      fc.property(rows, fc.constantFrom(undefined, 1), (instances, indent) => {
        const body = bodyOf(JSON.stringify({ instances }, null, indent));
        const flat = instances.flat();
        expect(parsePredictJson(body, oneInput('float64')).inputs['x']).toEqual({
          dtype: 'float64',
          shape: [instances.length, instances[0]?.length],
          data: Float64Array.from(flat, (value) => (value === 0 ? 0 : value)),
        });
        expect(parsePredictJson(body, oneInput('float32')).inputs['x']?.data).toEqual(
          Float32Array.from(flat, (value) => (value === 0 ? 0 : value)),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    '12345678901234567890',
    '0.1000000000000000055511151231257827',
    '1.00000017881393432617187499',
    '7.038531e-26',
    '123456789012345678e-30',
    '9007199254740993',
    '5e-324',
    '0.000000000000000000000000000000000000001401298464324817',
  ])('the decimal %s is rounded as JavaScript rounds it', (text) => {
    const body = bodyOf(`{"instances":[${text},-${text}]}`);
    expect(parsePredictJson(body, oneInput('float64')).inputs['x']?.data).toEqual(
      Float64Array.of(Number(text), -Number(text)),
    );
    expect(parsePredictJson(body, oneInput('float32')).inputs['x']?.data).toEqual(
      Float32Array.of(Number(text), -Number(text)),
    );
  });

  test('every finite float survives being written and read', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (single, double) => {
          const text = floatText(single, true, 'null');
          expect(text).toMatch(/^-?\d+(\.\d+(e[+-]\d\d)?|e[+-]\d\d)$/);
          expect(Math.fround(JSON.parse(text))).toBe(single);
          expect(JSON.parse(floatText(double, false, 'null'))).toBe(double);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test('time grows in step with the length of the body', () => {
    const long = (count: number) =>
      bodyOf(`{"x":"${'\\u00e9'.repeat(count)}","instances":[${'1e-7,'.repeat(count)}1]}`);
    const timed = (body: Uint8Array): number => {
      const start = performance.now();
      parsePredictJson(body, oneInput('float32'));
      return performance.now() - start;
    };
    timed(long(50_000));
    const short = Math.max(1, Math.min(timed(long(50_000)), timed(long(50_000))));
    expect(timed(long(400_000))).toBeLessThan(short * 8 * 6);
  });
});
