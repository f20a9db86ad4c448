import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { create } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { readArchive } from '../../../main/sources/archive';
import { crc32 } from '../../../main/sources/crc32';
import { zipOf } from '../../support/zip';

let folder: string;
const good = new Map<string, Buffer>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-archive-'));
  await mkdir(join(folder, 'm'));
  await writeFile(join(folder, 'm', 'model.onnx'), Buffer.alloc(5_000, 'graph'));
  await writeFile(join(folder, 'm', 'labels.txt'), 'zero\none');
  await create({ file: join(folder, 'good.tar'), cwd: folder }, ['m']);
  const tar = await readFile(join(folder, 'good.tar'));
  const files = [
    { name: 'm/model.onnx', content: Buffer.alloc(5_000, 'graph') },
    { name: 'm/labels.txt', content: 'zero\none' },
  ];
  good.set('zip', zipOf(files)).set('tar', tar).set('tgz', gzipSync(tar));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['zip', 'tar', 'tgz'])(
  'whatever became of a %s, it is read with its right bytes or refused',
  async (kind) => {
    const bytes = good.get(kind) ?? Buffer.alloc(0);
    const damage = fc.record({
      flips: fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 })), {
        maxLength: 4,
      }),
      length: fc.option(fc.nat({ max: bytes.length }), { nil: bytes.length }),
    });
    const path = join(folder, `damaged.${kind}`);
    await fc.assert(
      fc.asyncProperty(damage, async ({ flips, length }) => {
        const damaged = Buffer.from(bytes.subarray(0, length));
        for (const [at, by] of flips) if (at < length) damaged[at] = (damaged[at] ?? 0) ^ by;
        await writeFile(path, damaged);
        try {
          await readArchive(path, 'it', async ({ name, sizeBytes }, content) => {
            expect(name.split('/')).not.toContain('..');
            let read = 0;
            for await (const chunk of content) read += chunk.length;
            expect(read).toBe(sizeBytes);
          });
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 150 },
    );
  },
);

test('the checksum is that of zip', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(crc32(Buffer.from('6789'), crc32(Buffer.from('12345')))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});
