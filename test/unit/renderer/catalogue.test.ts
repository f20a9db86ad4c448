import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIntl } from 'react-intl';
import { expect, test } from 'vitest';
import { errorCodes } from '../../../app/base/errors';
import { errorTexts } from '../../../app/contract/messages/errors.en';
import { reasonTexts } from '../../../app/contract/messages/reasons.en';
import { reasonCodes } from '../../../app/contract/reasons';
import { createFormat } from '../../../renderer/format';
import { en } from '../../../renderer/messages/en';
import { createTranslator } from '../../../renderer/messages/translator';

const root = join(import.meta.dirname, '../../../renderer');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('messages/'))
  .map((name) => readFileSync(join(root, name), 'utf8'))
  .join('\n');

const translator = createTranslator('en', createFormat('en'));

test('every error code has a title and a text', () => {
  for (const code of errorCodes) {
    const { title, text } = translator.errorWords({ code, status: 'INTERNAL', params: {}, detail: '' });
    expect(title, code).not.toBe('');
    expect(text, code).not.toBe('');
  }
});

test('every reason code has a text, and no text is without a code', () => {
  expect(Object.keys(reasonTexts).sort()).toEqual([...reasonCodes].sort());
  for (const code of reasonCodes) expect(translator.reason(code, {}), code).not.toBe(code);
});

test('a reason that this page does not know yet is shown by its code, not as nothing', () => {
  expect(translator.reason('reasonOfTomorrow', {})).toBe('reasonOfTomorrow');
});

test('params that end in Bytes are read as sizes', () => {
  const words = translator.errorWords({
    code: 'MEMORY_EXHAUSTED',
    status: 'RESOURCE_EXHAUSTED',
    params: { needBytes: '310000000', freeBytes: '120000000', budgetBytes: '512000000' },
    detail: '',
  });
  expect(words.text + words.next).not.toMatch(/\d{9}/);
});

test('every message is well-formed ICU', () => {
  const all = [
    ...Object.values(en),
    ...Object.values(reasonTexts),
    ...Object.values(errorTexts).flatMap((words) => Object.values(words) as string[]),
  ];
  for (const text of all) {
    const onError = (error: unknown): void => {
      throw error;
    };
    const names = [...text.matchAll(/\{(\w+)/g)].map(([, name = '']) => [name, 1] as const);
    const tags = { b: () => '', code: () => '' };
    const intl = createIntl({ locale: 'en', messages: { text }, onError });
    expect(
      () => intl.formatMessage({ id: 'text' }, { ...Object.fromEntries(names), ...tags }),
      text,
    ).not.toThrow();
  }
});

test('no message is left that nobody says', () => {
  // ids are written whole, or built as `area.${part}`
  const patterns = [...sources.matchAll(/`([a-z][\w.]*\.)\$\{[^`]*?\}([\w.]*)`/g)].map(
    ([, before = '', after = '']) =>
      new RegExp(`^${before.replaceAll('.', '\\.')}.+${after.replaceAll('.', '\\.')}$`),
  );
  const unused = Object.keys(en).filter(
    (id) => !sources.includes(`'${id}'`) && !patterns.some((pattern) => pattern.test(id)),
  );
  expect(unused).toEqual([]);
});

test('no message says "Oops", "Error:" or "click here"', () => {
  for (const text of Object.values(en)) expect(text).not.toMatch(/Oops|\bError:|click here/);
});
