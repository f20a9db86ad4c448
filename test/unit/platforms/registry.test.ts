import { describe, expect, test } from 'vitest';
import { foreignModel } from '../../../main/platforms/foreign-model';
import { isAnyModel, platformOfFiles, platformOfModel } from '../../../main/platforms/registry';

describe('whose folder is this', () => {
  test.each([
    [['model.onnx'], 'onnx'],
    [['onnx/model.onnx', 'config.json'], 'onnx'],
    [['model.onnx', 'labels.csv', 'table.csv'], 'onnx'],
    [['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin'], 'tfjs'],
    [['model.json', 'weights.bin', 'metadata.json'], 'tfjs'],
    [['table.csv'], 'lookup-table'],
    [['prices.tsv', 'README.md'], 'lookup-table'],
    [['cc.en.300.vec'], 'lookup-table'],
    [['animals.npy', 'animals.vocab.txt'], 'lookup-table'],
    [['embeddings.json', 'notes.json'], 'lookup-table'],
    [['glove.6B.50d.txt'], 'lookup-table'],
    [['labels.csv'], undefined],
    [['package.json'], undefined],
    [['train.csv', 'test.csv'], undefined],
    [['readme.txt'], undefined],
    [['model.json', 'index.html'], undefined],
    [['data/table.csv'], undefined],
    [[], undefined],
  ])('%j: %s', (files, platform) => {
    expect(platformOfFiles(files)?.name).toBe(platform);
  });

  test('a model is what its first version is', () => {
    const table = { version: 3, files: ['table.csv'] };
    const onnx = { version: 20, files: ['model.onnx'] };
    expect(platformOfModel([onnx, table, { version: 1, files: [] }])?.name).toBe('lookup-table');
    expect(platformOfModel([{ version: 1, files: [] }])).toBeUndefined();
  });
});

describe('what has to be converted first', () => {
  test.each([
    [
      ['saved_model.pb', 'variables/variables.index'],
      'MODEL_IS_SAVED_MODEL',
      { model: 'cats', folder: 'cats/1' },
    ],
    [['export/saved_model.pb'], 'MODEL_IS_SAVED_MODEL', { model: 'cats', folder: 'cats/1/export' }],
    [['cats.h5'], 'MODEL_IS_KERAS', { model: 'cats', file: 'cats.h5', format: 'keras' }],
    [['cats.keras'], 'MODEL_IS_KERAS', { model: 'cats', file: 'cats.keras', format: 'keras_keras' }],
    [['cats.tflite', 'labels.txt'], 'MODEL_IS_TFLITE', { model: 'cats', file: 'cats.tflite' }],
  ] as const)('%j', (files, code, params) => {
    expect(foreignModel(files, 'cats', 'cats/1')).toMatchObject({ code, params });
    expect(isAnyModel(files)).toBe(true);
  });

  test('nothing is said of other files', () => {
    expect(foreignModel(['notes.txt'], 'cats', 'cats')).toBeUndefined();
    expect(isAnyModel(['notes.txt'])).toBe(false);
  });
});
