import { describe, expect, test } from 'vitest';
import { AppError, errorCodes } from '../../../app/base/errors';
import { describeError, explainError } from '../../../app/contract/messages/error-text';
import { errorTexts } from '../../../app/contract/messages/errors.en';

test.each(errorCodes)('%s reads as whole sentences, with or without its params', (code) => {
  const { title, text } = errorTexts[code];
  expect(title).not.toMatch(/\.$|error|oops/i);
  for (const params of [{}, { model: 'digits', version: '3', name: 'x', needBytes: '310000000' }]) {
    const told = describeError(new AppError(code, params).toWire());
    expect(told).toMatch(/\.$/);
    expect(told).not.toMatch(/[{}]|undefined/);
  }
  expect(text).not.toMatch(/\{\w+,/); // plain placeholders only, so that the command line needs no message formatter
});

describe('an explanation', () => {
  test('holds bytes as people read them', () => {
    const params = { needBytes: '310000000', freeBytes: '120000000', totalBytes: '2000000000' };
    expect(explainError(new AppError('MEMORY_EXHAUSTED', params).toWire())).toBe(
      'It needs 310 MB, and 120 MB of 2 GB are free.',
    );
  });

  test('adds the technical detail where there is one', () => {
    const error = new AppError('PICTURE_UNREADABLE', {}, { detail: 'unsupported image format' });
    expect(explainError(error.toWire())).toMatch(/picture\. \(unsupported image format\)$/);
  });

  test('is the detail alone where the catalogue has nothing to add to it', () => {
    const error = new AppError('INVALID_ARGUMENT', {}, { detail: 'There is no token 12' });
    expect(describeError(error.toWire())).toBe('There is no token 12.');
    const config = new AppError('CONFIG_INVALID', { place: 'a', reason: 'b' }, { detail: 'a: b' });
    expect(explainError(config.toWire()).match(/a: b/g)).toHaveLength(1);
  });
});
