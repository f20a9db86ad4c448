import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { TfjsModel } from '../../../../main/platforms/tfjs/runner/tfjs-model';
import { bytesNear } from '../../../support/byte-mutations';
import { jsonNear } from '../../../support/json-mutations';
import { temporaryFolder } from '../../../support/temp-folder';
import { graphModelFiles } from '../../../support/tfjs-models';

const folder = temporaryFolder();

test('whatever becomes of model.json, the model loads or is refused in words of ours', async () => {
  const files = graphModelFiles();
  const whole = files['model.json'] ?? '';
  for (const [name, content] of Object.entries(files)) folder.write(name, content);
  const codes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytesNear(whole), jsonNear(JSON.parse(String(whole)))), async (bytes) => {
      folder.write('model.json', bytes);
      try {
        const model = await TfjsModel.load({ folder: folder.path, options: {} }, async () => undefined);
        codes.add('loaded');
        await model.close();
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown; // a bug, not an answer
        expect(JSON.stringify(thrown.toWire())).not.toContain(folder.path);
        codes.add(thrown.code);
      }
    }),
    { numRuns: 400 },
  );
  expect([...codes]).toEqual(
    expect.arrayContaining(['loaded', 'MODEL_NOT_TENSORFLOW_JS', 'MODEL_WEIGHTS_MISSING']),
  );
}, 60_000);
