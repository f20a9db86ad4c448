import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { readBatchingFile } from '../../../../main/platforms/onnx/runner/batching-file';
import { findLabels } from '../../../../main/platforms/onnx/runner/find-labels';
import { readHuggingFace } from '../../../../main/platforms/onnx/runner/hugging-face';
import { parseLabels } from '../../../../main/platforms/onnx/runner/labels';
import { readMlModel } from '../../../../main/platforms/onnx/runner/mlmodel';
import { readSidecar } from '../../../../main/platforms/onnx/runner/sidecar';
import { readTold } from '../../../../main/platforms/onnx/runner/told';
import { readTritonConfig } from '../../../../main/platforms/onnx/runner/triton-config';
import { bytesNear } from '../../../support/byte-mutations';
import { jsonNear } from '../../../support/json-mutations';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();
const own = { width: 224, height: 224, isSizeFree: true };

/** What stands beside models, whole, and what reads it. */
const companions: Readonly<Record<string, readonly [whole: string, read: (folder: string) => unknown]>> = {
  'config.json': [
    JSON.stringify({
      id2label: { 0: 'cat', 1: 'dog' },
      label_names: ['cat', 'dog'],
      pretrained_cfg: {
        input_size: [3, 288, 288],
        mean: [0.1, 0.2, 0.3],
        std: [0.4, 0.5, 0.6],
        crop_pct: 0.95,
      },
    }),
    (path) => [readHuggingFace(path, own), findLabels(path, {})],
  ],
  'preprocessor_config.json': [
    JSON.stringify({
      do_rescale: true,
      rescale_factor: 0.00392,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      size: { shortest_edge: 256 },
      crop_size: { height: 224, width: 224 },
    }),
    (path) => readHuggingFace(path, own),
  ],
  MLmodel: [
    'artifact_path: model\nflavors:\n  onnx:\n    data: data/net.onnx\nmetadata:\n  labels: [cat, dog]\n',
    (path) => [readMlModel(path), findLabels(path, {})],
  ],
  'config.pbtxt': [
    'name: "b" max_batch_size: 8 default_model_filename: "b.onnx"\ninput [ { name: "input" dims: [ 3, 160, 192 ] } ]\noutput { name: "output" label_filename: "b.txt" }',
    (path) => [readTritonConfig(path), findLabels(path, {}, 'output')],
  ],
  'batching_params.pbtxt': [
    'max_batch_size { value: 128 }\nbatch_timeout_micros { value: 1000 }\nallowed_batch_sizes: 1\nallowed_batch_sizes: 128',
    readBatchingFile,
  ],
  'slipway.json': [
    JSON.stringify({
      preprocessing: { width: 28, values: { scale: 1, mean: [0], std: [255] } },
      labels: ['a', 'b'],
      executionProvider: 'cpu',
    }),
    (path) => [readSidecar(path), readTold(path, {})],
  ],
  'labels.txt': ['0 cat\n1 dog\n2 bird\n', (path) => findLabels(path, {})],
  'labels.json': ['{"0": "cat", "1": "dog"}', (path) => findLabels(path, {})],
  'labels.csv': ['index,name\n0,cat\n1,"do,g"\n', (path) => findLabels(path, {})],
};

/** JSON is also changed as what it says. */
const near = (name: string, whole: string): fc.Arbitrary<string | Uint8Array> =>
  name.endsWith('.json') ? fc.oneof(bytesNear(whole), jsonNear(JSON.parse(whole))) : bytesNear(whole);

test.each(Object.entries(companions))(
  'whatever becomes of %s, it is read or left aside',
  (name, [whole, read]) => {
    let told = 0;
    fc.assert(
      fc.property(near(name, whole), (bytes) => {
        folder.write(name, bytes);
        try {
          JSON.stringify(read(folder.path));
          told++;
        } catch (thrown) {
          if (!(thrown instanceof AppError)) throw thrown; // a bug, not an answer
          expect(JSON.stringify(thrown.toWire())).not.toContain(folder.path);
        }
      }),
      { numRuns: 400 },
    );
    expect(told).toBeGreaterThan(0);
  },
);

test('whatever is given as a list of names is read or refused', () => {
  fc.assert(
    fc.property(bytesNear('{"0": "cat", "1": "dog"}\nindex,name\n0,cat'), (bytes) => {
      const labels = parseLabels(new TextDecoder().decode(bytes));
      expect(labels === undefined || labels.every((label) => typeof label === 'string')).toBe(true);
    }),
    { numRuns: 600 },
  );
});
