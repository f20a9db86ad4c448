import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCompanions } from '../../../../main/platforms/onnx/runner/companions';
import { findLabels } from '../../../../main/platforms/onnx/runner/find-labels';
import { readMlModel } from '../../../../main/platforms/onnx/runner/mlmodel';
import { findModelFile } from '../../../../main/platforms/onnx/runner/model-folder';
import { parseTextFormat } from '../../../../main/platforms/onnx/runner/text-format';
import { readTritonConfig } from '../../../../main/platforms/onnx/runner/triton-config';
import { usualValues } from '../../../../main/platforms/onnx/runner/usual-values';
import { type ClassifierSpec, classifierModel } from '../../../support/onnx-classifiers';
import { inferred } from '../../../support/onnx-inference';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();
const fixed: ClassifierSpec = { shape: [1, 3, 224, 224], producer: 'pytorch' };
const free: ClassifierSpec = { shape: ['n', 3, 'h', 'w'], producer: 'pytorch' };
const settingsOf = (spec: ClassifierSpec) => withCompanions(folder.path, inferred(classifierModel(spec)));

describe('Hugging Face’s preprocessor_config.json', () => {
  const preprocessor = (config: object): string =>
    folder.write('preprocessor_config.json', JSON.stringify(config));

  test('of a ViT: squashed, −1 to 1', () => {
    preprocessor({
      do_resize: true,
      size: { height: 224, width: 224 },
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
    });
    const { preprocessing, notes } = settingsOf(fixed);
    expect(preprocessing).toMatchObject({
      resize: { kind: 'squash' },
      values: { scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    });
    expect(notes).toMatchObject({
      values: {
        certainty: 'certain',
        reason: 'hfPreprocessor',
        params: { file: 'preprocessor_config.json' },
      },
      resize: { certainty: 'certain' },
      layout: { reason: 'layoutChannelsFirst' },
    });
  });

  test.each<[string, object, object]>([
    [
      'a ResNet with crop_pct',
      { size: { shortest_edge: 224 }, crop_pct: 0.875 },
      { kind: 'shortSideCrop', shortSide: 256 },
    ],
    [
      'a MobileNet: short side 256, crop 224',
      { size: { shortest_edge: 256 }, do_center_crop: true, crop_size: { height: 224, width: 224 } },
      { kind: 'shortSideCrop', shortSide: 256 },
    ],
    ['an old extractor with one number', { size: 224, do_normalize: true }, { kind: 'squash' }],
    [
      'an old extractor that crops',
      { size: 256, do_center_crop: true, crop_size: 224 },
      { kind: 'shortSideCrop', shortSide: 256 },
    ],
    [
      'an EfficientNet: resized to a box, then cropped',
      { size: { height: 256, width: 256 }, do_center_crop: true, crop_size: { height: 224, width: 224 } },
      { kind: 'shortSideCrop', shortSide: 256 },
    ],
    [
      'no resizing',
      { size: { height: 64, width: 64 }, do_resize: false },
      { kind: 'shortSideCrop', shortSide: 256 },
    ],
  ])('%s', (_what, config, resize) => {
    preprocessor(config);
    expect(settingsOf(fixed).preprocessing.resize).toEqual(resize);
  });

  test('no normalising and no scaling mean what they say', () => {
    preprocessor({ size: 224, do_rescale: true, do_normalize: false });
    expect(settingsOf(fixed).preprocessing.values).toEqual(usualValues.unit);
    preprocessor({ size: 224, do_rescale: false, do_normalize: false });
    expect(settingsOf(fixed).preprocessing.values).toEqual(usualValues.bytes);
  });

  test('a flipped channel order is blue first, its mean too', () => {
    preprocessor({
      size: 224,
      do_flip_channel_order: true,
      do_normalize: true,
      image_mean: [1, 2, 3],
      image_std: [4, 5, 6],
    });
    expect(settingsOf(fixed).preprocessing).toMatchObject({
      channels: 'bgr',
      values: { mean: [3, 2, 1], std: [6, 5, 4] },
    });
  });

  test('a free size becomes what it says; a fixed one stays', () => {
    preprocessor({
      size: { shortest_edge: 320 },
      crop_size: { height: 288, width: 288 },
      do_center_crop: true,
    });
    expect(settingsOf(free).preprocessing).toMatchObject({
      width: 288,
      height: 288,
      resize: { shortSide: 320 },
    });
    expect(settingsOf(fixed).preprocessing).toMatchObject({ width: 224, height: 224 });
  });

  test.each([
    'not json',
    '[]',
    '{"feature_size": 80, "sampling_rate": 16000}',
    '{"size": -1, "image_mean": "x"}',
    '{"size": 224, "image_std": [0, 0, 0], "image_mean": [0, 0, 0], "do_normalize": true, "do_rescale": true}',
  ])('another program’s file or nonsense is left aside: %s', (text) => {
    folder.write('preprocessor_config.json', text);
    const { preprocessing } = settingsOf(fixed);
    expect(preprocessing.values.std.every((deviation) => deviation > 0)).toBe(true);
    expect(preprocessing.width).toBe(224);
  });

  test('timm’s config.json', () => {
    folder.write(
      'config.json',
      JSON.stringify({
        label_names: ['cat', 'dog'],
        pretrained_cfg: {
          input_size: [3, 288, 288],
          mean: [0.1, 0.2, 0.3],
          std: [0.4, 0.5, 0.6],
          crop_pct: 0.95,
        },
      }),
    );
    expect(settingsOf(free).preprocessing).toMatchObject({
      width: 288,
      height: 288,
      resize: { kind: 'shortSideCrop', shortSide: 303 },
      values: { scale: 1 / 255, mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
    });
    expect(findLabels(folder.path, {}).labels).toEqual(['cat', 'dog']);
  });
});

describe('Triton’s config.pbtxt', () => {
  const config = `
    # Served by Triton
    name: "birds"  platform: 'onnxruntime_onnx'
    max_batch_size : 8
    default_model_filename: "birds.onnx"
    input [ { name: "input" data_type: TYPE_FP32 format: FORMAT_NCHW dims: [ 3, 160, 192 ] } ]
    output { name: "output", data_type: TYPE_FP32; dims: 4 label_filename: "birds" ".txt" }
    instance_group [ { kind: KIND_CPU count: 2 } ]
    dynamic_batching { max_queue_delay_microseconds: 100 }
    optimization < graph: < level: -1 > >`;

  test('names the labels of an output, the model file, and a size that the model leaves free', () => {
    folder.write('config.pbtxt', config);
    folder.write('birds.txt', 'wren\nrobin\ntit\njay\n');
    const version = join(folder.path, '7');
    mkdirSync(version);
    expect(findLabels(version, {}, 'output')).toMatchObject({
      labels: ['wren', 'robin', 'tit', 'jay'],
      note: { params: { file: 'birds.txt' } },
    });
    expect(findLabels(version, {}, 'other').labels).toBeNull();
    folder.write('7/birds.onnx', 'x');
    folder.write('7/model.onnx', 'x');
    expect(findModelFile(version, [readTritonConfig(version)?.modelFile])).toBe(join(version, 'birds.onnx'));
    expect(settingsOf(free)).toMatchObject({
      preprocessing: { width: 192, height: 160 },
      notes: { size: { certainty: 'certain', reason: 'tritonDims' } },
    });
    expect(settingsOf(fixed).preprocessing.width).toBe(224);
  });

  test('cannot name a file outside of its folder', () => {
    folder.write(
      'config.pbtxt',
      'default_model_filename: "../x.onnx" output { name: "o" label_filename: "../../etc/passwd" }',
    );
    const read = readTritonConfig(folder.path);
    expect(read).toMatchObject({ modelFile: null });
    expect(read?.labelFiles.size).toBe(0);
  });

  test('malformed is left aside', () => {
    for (const text of [
      'input [',
      'input { name: }',
      '{',
      'a: "open',
      `${'a {'.repeat(100)}${'}'.repeat(100)}`,
      '=',
    ]) {
      expect(parseTextFormat(text), text).toBeUndefined();
    }
  });

  test('whatever the text, reading it ends in a message or in nothing', () => {
    const piece = fc.constantFrom(
      'a',
      '{',
      '}',
      '[',
      ']',
      '<',
      '>',
      ':',
      '"',
      "'",
      '\\',
      '1',
      '-',
      '.5',
      '#',
      '\n',
      ' ',
      ',',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const read = parseTextFormat(pieces.join(''));
        return read === undefined || typeof read === 'object';
      }),
    );
  });
});

describe('MLflow’s MLmodel', () => {
  test('names the model file and, in its metadata, the labels', () => {
    folder.write(
      'MLmodel',
      'artifact_path: model\nflavors:\n  onnx:\n    data: data/net.onnx\n    onnx_version: 1.17.0\nmetadata:\n  labels: [cat, dog]\n',
    );
    folder.write('data/net.onnx', 'x');
    expect(findModelFile(folder.path, [readMlModel(folder.path)?.modelFile])).toBe(
      join(folder.path, 'data', 'net.onnx'),
    );
    expect(findLabels(folder.path, {})).toMatchObject({
      labels: ['cat', 'dog'],
      note: { reason: 'labelsMlflow' },
    });
  });

  test.each(['../net.onnx', '/etc/net.onnx', 'a/../../net.onnx', 'C:\\net.onnx'])(
    'cannot name %s',
    (data) => {
      folder.write('MLmodel', `flavors:\n  onnx:\n    data: '${data}'\n`);
      expect(readMlModel(folder.path)?.modelFile).toBeNull();
    },
  );

  test.each(['flavors: [', '- a\n- b', 'flavors: 3', '&a [*a, *a]'])(
    'malformed is left aside: %j',
    (text) => {
      folder.write('MLmodel', text);
      expect(readMlModel(folder.path)?.modelFile ?? null).toBeNull();
    },
  );
});
