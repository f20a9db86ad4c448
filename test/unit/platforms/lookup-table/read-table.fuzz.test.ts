import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { readTable } from '../../../../main/platforms/lookup-table/runner/read-table';
import { npyHead } from '../../../../main/runner/tensors/npy';
import { bytesNear } from '../../../support/byte-mutations';
import { jsonNear } from '../../../support/json-mutations';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();
const npy = Buffer.concat([
  npyHead('float32', [3, 2]),
  new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer),
]);
const wholes: Readonly<Record<string, string | Uint8Array>> = {
  'table.csv': 'cat,1,2.5\ndog,-3,4e2\n"bi,rd",5,6\n',
  'table.tsv': 'cat\t1\t2\ndog\t3\t4\n',
  'table.json': '{"cat": [1, 2], "dog": [3, 4]}',
  'table.jsonl': '{"key": "cat", "value": [1, 2]}\n{"key": "dog", "value": [3, 4]}\n',
  'table.vec': '3 2\ncat 1 2\ndog 3 4\nbird 5 6\n',
  'table.npy': npy,
};

/** JSON is also changed as what it says. */
const near = (name: string, whole: string | Uint8Array): fc.Arbitrary<string | Uint8Array> =>
  name.endsWith('.json') ? fc.oneof(bytesNear(whole), jsonNear(JSON.parse(String(whole)))) : bytesNear(whole);

test.each(Object.entries(wholes))(
  'whatever becomes of %s, it is a table or refused in words of ours',
  async (name, whole) => {
    folder.write('vocab.txt', 'cat\ndog\nbird\n');
    let read = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(near(name, whole), async (bytes) => {
        folder.write(name, bytes);
        try {
          const { table } = await readTable(folder.path, async () => undefined);
          expect(table.rowCount).toBeGreaterThan(0);
          expect(table.lookup(['cat', 'nothing']).missing).toContain('nothing');
          read++;
        } catch (thrown) {
          if (!(thrown instanceof AppError)) throw thrown; // a bug, not an answer
          expect(thrown.code).toMatch(/^(TABLE|MODEL_FILE)_/);
          expect(JSON.stringify(thrown.toWire())).not.toContain(folder.path);
          refused++;
        }
      }),
      { numRuns: 400, examples: [[whole], [Buffer.of()]] },
    );
    expect(Math.min(read, refused)).toBeGreaterThan(0);
  },
);

test('whatever becomes of a vocabulary, its table is read or refused in words of ours', async () => {
  folder.write('table.npy', npy);
  await fc.assert(
    fc.asyncProperty(bytesNear('cat\ndog\nbird\n'), async (bytes) => {
      folder.write('vocab.txt', bytes);
      try {
        await readTable(folder.path, async () => undefined);
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown; // a bug, not an answer
      }
    }),
    { numRuns: 300 },
  );
});
