import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { inferPreprocessing } from '../../../../main/platforms/onnx/runner/infer-preprocessing';
import { scanModel } from '../../../../main/platforms/onnx/runner/scan';
import { type ModelSpec, onnxModel } from '../../../support/onnx-writer';
import { mutationsOf } from '../../../support/proto-mutations';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();

/** Something of everything that a file may hold. */
const rich: ModelSpec = {
  opsets: { '': 17, 'ai.onnx.ml': 3, own: 1 },
  producer: 'pytorch',
  metadata: { labels: '["cat", "dog"]', imgsz: '[224, 224]', 'Image.BitmapPixelFormat': 'Bgr8' },
  inputs: [
    { name: 'input', shape: ['n', 3, 224, 'w'], denotation: 'IMAGE' },
    { name: 'list', shape: null, isSequence: true },
  ],
  outputs: [{ name: 'output', shape: ['n', 2] }],
  initializers: [
    { name: 'w', dims: [2, 3, 1, 1], values: [1, 2, 3, 4, 5, 6] },
    { name: 'far', dims: [2], external: { location: 'weights.bin', offset: 0, length: 8 } },
    { name: 'words', dtype: 'string', dims: [2], strings: ['a', 'b'] },
  ],
  sparse: [{ name: 's', dims: [1], values: [1] }],
  nodes: [
    {
      op: 'Conv',
      inputs: ['input', 'w'],
      outputs: ['c'],
      attributes: { kernel_shape: [1, 1], pads: [0, 0, 0, 0] },
    },
    {
      op: 'If',
      inputs: ['c'],
      outputs: ['i'],
      attributes: {
        then_branch: {
          graph: {
            inputs: [],
            outputs: [],
            nodes: [
              {
                op: 'Constant',
                inputs: [],
                outputs: ['k'],
                attributes: { value: { tensor: { name: 'k', dims: [1], values: [3] } } },
              },
            ],
          },
        },
      },
    },
    {
      op: 'Softmax',
      inputs: ['i'],
      outputs: ['output'],
      attributes: { axis: -1, floats: { floats: [0.5, 0.5] } },
    },
    { op: 'local', domain: 'own', inputs: ['output'], outputs: ['z'] },
  ],
  functions: [{ domain: 'own', name: 'local', attributes: { alpha: { float: 0.5 } } }],
  training: { inputs: [], outputs: [], nodes: [{ op: 'Adam', inputs: [], outputs: [] }] },
};
const known = /^MODEL_(FILE|EXTERNAL|CUSTOM|OPSET)_\w+$/;

test('a file that says something else than it did is read, or refused in words of ours', () => {
  folder.write('weights.bin', new Uint8Array(8));
  const refused = new Set<string>();
  let passed = 0;
  fc.assert(
    fc.property(mutationsOf(onnxModel(rich)), (bytes) => {
      const path = folder.write('model.onnx', bytes);
      try {
        const { file } = scanModel(path);
        inferPreprocessing(file, null);
        passed++;
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown; // a bug, not an answer
        expect(thrown.code).toMatch(known);
        expect(JSON.stringify(thrown.toWire())).not.toContain(folder.path);
        refused.add(thrown.code);
      }
    }),
    { numRuns: 1_500 },
  );
  expect(passed).toBeGreaterThan(150); // else the changes would not get past the first look
  expect(refused.size).toBeGreaterThan(4);
}, 60_000);
