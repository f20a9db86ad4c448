import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { readPredictionLog } from '../../../main/runner/warm-up/prediction-log';
import { readTfRecords } from '../../../main/runner/warm-up/tf-record';
import { bytesNear } from '../../support/byte-mutations';
import { mutationsOf } from '../../support/proto-mutations';
import { tfRecords } from '../../support/tf-records';

/** A `PredictionLog` with a predict request for the model `m`. */
const record = Uint8Array.from([
  0x32, 0x0b, 0x0a, 0x09, 0x0a, 0x03, 0x0a, 0x01, 0x6d, 0x1a, 0x02, 0x69, 0x64,
]);

function read(file: Uint8Array): string {
  try {
    return [...readTfRecords(file)].map((each) => readPredictionLog(each)?.params.method ?? 'nothing').join();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown; // a bug, not an answer
    return thrown.code;
  }
}

test('recorded requests are read', () => {
  expect(read(tfRecords([record, new Uint8Array()]))).toBe('predict,nothing');
});

test('a file of records that is damaged is refused in words of ours', () => {
  const whole = tfRecords([record, record]);
  fc.assert(
    fc.property(bytesNear(whole), (bytes) => {
      expect(read(bytes)).toMatch(/^(WARMUP_INVALID|((predict|nothing),?)*)$/);
    }),
    { numRuns: 600 },
  );
});

test('a record that says something else is read, or refused in words of ours', () => {
  const methods = /^(WARMUP_INVALID|predict|classify|regress|multiInference|nothing)$/;
  fc.assert(
    fc.property(mutationsOf(record), (bytes) => {
      expect(read(tfRecords([bytes]))).toMatch(methods);
    }),
    { numRuns: 600 },
  );
});
