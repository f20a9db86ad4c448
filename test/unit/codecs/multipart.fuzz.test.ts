import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { openImage, readMultipart } from '../../../main/runner/codecs/image';
import { oneInput } from '../../support/codec-faces';

const boundary = 'x-slipway';
const contentType = `multipart/form-data; boundary=${boundary}`;
const part = (name: string, content: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n${content}\r\n`;
const form = (parts: readonly string[]): Buffer => Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
const open = (body: Uint8Array) => openImage(body, oneInput('float32'), { method: 'classify', contentType });

test('a form holds up to 256 pictures, and a few fields beside them', async () => {
  const pictures = Array.from({ length: 256 }, (_, index) => part(`${index}.png`, 'x'));
  const field = `--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n`;
  const { call } = await open(form([...pictures, field]));
  expect(call).toMatchObject({ pictures: { length: 256 } });
  await expect(open(form([...pictures, part('more', 'x')]))).rejects.toThrow('at most 256 pictures');
});

test.each([
  ['800,000 parts', form(Array(800_000).fill(part('a', '1')))],
  ['a part with a million headers', form([`--${boundary}\r\n${'x: y\r\n'.repeat(1_000_000)}\r\n1\r\n`])],
])('%s are refused before they are read', async (_, body) => {
  const startedAt = process.cpuUsage();
  await expect(open(body)).rejects.toThrow('at most');
  expect(process.cpuUsage(startedAt).user).toBeLessThan(2_000_000); // µs; read, they take many times as long
});

test('whatever is in the body, it is read or refused', async () => {
  const pieces = fc.constantFrom(
    `--${boundary}`,
    '--',
    '\r\n',
    '\r\n\r\n',
    'Content-Disposition: form-data; name="f"',
    '; filename="a.png"',
    "; filename*=UTF-8''%e2%82",
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    'content',
    '"',
    '\0',
    ':',
    'é',
  );
  const types = fc.constantFrom(
    contentType,
    `multipart/form-data; boundary="${boundary}"`,
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="unclosed',
    `multipart/form-data; boundary=${'b'.repeat(300)}`,
  );
  const bodies = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((all) => Buffer.from(all.join(''))),
    fc.array(fc.string(), { maxLength: 4 }).map((all) => form(all.map((it) => part(it, it)))),
    fc.uint8Array(),
  );
  await fc.assert(
    fc.asyncProperty(bodies, types, async (body, type) => {
      try {
        for (const { bytes } of await readMultipart(body, type, 10)) expect(bytes).toBeInstanceOf(Uint8Array);
      } catch (thrown) {
        expect(AppError.from(thrown)).toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    }),
    { numRuns: 400 },
  );
});
