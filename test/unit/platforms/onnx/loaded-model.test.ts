import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { AppError } from '../../../../app/base/errors';
import type { Preprocessing } from '../../../../app/contract/inference';
import { LoadedModel } from '../../../../main/platforms/onnx/runner/loaded-model';
import { rankClasses } from '../../../../main/platforms/onnx/runner/postprocess';
import { viewInput } from '../../../../main/platforms/onnx/runner/view-input';
import { decodePicture } from '../../../../main/runner/decode';
import { callContext } from '../../../support/call-context';
import { lfsPointerText } from '../../../support/lfs-pointer';
import { type ClassifierSpec, classifierModel } from '../../../support/onnx-classifiers';
import { type ModelSpec, onnxModel } from '../../../support/onnx-writer';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();

async function load(spec: ModelSpec, preprocessing?: Preprocessing): Promise<LoadedModel> {
  folder.write('model.onnx', onnxModel(spec));
  const input = { folder: folder.path, options: {}, ...(preprocessing ? { preprocessing } : {}) };
  return LoadedModel.load(input, callContext().enter);
}

async function described(spec: ModelSpec) {
  const model = await load(spec);
  return { description: model.description, close: () => model.close() };
}

const flat = (red: number, green: number, blue: number): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 40, channels: 3, background: { r: red, g: green, b: blue } } })
    .png()
    .toBuffer();

async function classify(model: LoadedModel, picture: Uint8Array) {
  const { classifier, labelOf } = model.pictures;
  const { rgb } = await decodePicture(picture, classifier.preprocessing);
  const run = await classifier.run([rgb]);
  const [scores = new Float64Array()] = run.scores;
  return { ...rankClasses(scores, classifier.preprocessing.output, 10, labelOf), run };
}

const values: Preprocessing['values'] = { scale: 1, mean: [0], std: [1] };

describe('a picture reaches the model right', () => {
  test.each<[string, ClassifierSpec]>([
    ['channels first', { shape: ['n', 3, 32, 32] }],
    ['channels last', { shape: ['n', 32, 32, 3] }],
    ['one channel', { shape: ['n', 1, 28, 28] }],
    ['no channel', { shape: ['n', 28, 28] }],
    ['a row of numbers', { shape: ['n', 784] }],
    ['a row of three colours', { shape: ['n', 3072] }],
    ['a batch fixed at 1', { shape: [1, 3, 32, 32] }],
    ['a batch fixed at 16', { shape: [16, 3, 32, 32], declaredOutput: [16, 4] }],
    ['a free size', { shape: ['n', 3, 'h', 'w'] }],
    ['half precision', { shape: [1, 3, 32, 32], dtype: 'float16' }],
    ['bytes', { shape: [1, 3, 32, 32], dtype: 'uint8' }],
    ['whole numbers', { shape: [1, 3, 32, 32], dtype: 'int32' }],
  ])('%s: the mean of a grey picture is its grey', async (_what, spec) => {
    const model = await load(
      classifierModel({ ...spec, metadata: { 'Image.NominalPixelRange': 'NominalRange_0_255' } }),
    );
    const { run, classes } = await classify(model, await flat(100, 100, 100));
    // Class c scores mean * (c + 1) / 4 - c.
    expect([...(run.scores[0] ?? [])].map(Math.round)).toEqual([25, 49, 73, 97]);
    expect(classes[0]?.index).toBe(3);
    await model.close();
  });

  test('a batch fixed at 16 is filled up, told, and twenty pictures take two runs', async () => {
    const model = await load(classifierModel({ shape: [16, 3, 32, 32], declaredOutput: [16, 4] }));
    expect(model.description.warnings).toMatchObject([
      { reason: 'warnFixedBatch', params: { batch: '16' } },
      { reason: 'warnLabelsMissing' },
    ]);
    const picture = new Uint8Array(32 * 32 * 3).fill(200);
    const { scores } = await model.pictures.classifier.run(Array.from({ length: 20 }, () => picture));
    expect(scores.map((row) => row.length)).toEqual(new Array(20).fill(4));
    expect(scores[19]).toEqual(scores[0]);
    await model.close();
  });
});

describe('what the output holds is checked by a run', () => {
  test('a softmax written out by hand is found', async () => {
    const tail = [
      { op: 'Exp', inputs: ['scores'], outputs: ['e'] },
      { op: 'ReduceSum', inputs: ['e', 'lastAxis'], outputs: ['sum'], attributes: { keepdims: 1 } },
      { op: 'Div', inputs: ['e', 'sum'], outputs: ['output'] },
    ];
    const model = await load(classifierModel({ shape: [1, 3, 32, 32], tail }));
    const { preprocessing, notes } = model.description;
    expect(preprocessing?.output).toBe('probabilities');
    expect(notes?.output).toMatchObject({ certainty: 'certain', reason: 'outputMeasuredProbabilities' });
    const { classes } = await classify(model, await flat(9, 9, 9));
    expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1);
    await model.close();
  });

  test('an output that the file declares wrongly is told, and the run is believed', async () => {
    const model = await load(classifierModel({ shape: [1, 3, 32, 32], declaredOutput: [1, 4] }));
    expect(model.description.warnings.map(({ reason }) => reason)).toEqual(['warnLabelsMissing']);
    await model.close();
    const tail = [{ op: 'Squeeze', inputs: ['scores', 'firstAxis'], outputs: ['output'] }];
    const spec = classifierModel({
      shape: ['n', 3, 32, 32],
      tail,
      declaredOutput: ['n', 4],
      initializers: [{ name: 'firstAxis', dtype: 'int64', dims: [1], values: [0] }],
    });
    const lying = await load(spec);
    expect(lying.description).toMatchObject({ classCount: 4 });
    expect(lying.description.warnings).toContainEqual(
      expect.objectContaining({ reason: 'warnOutputShape', params: { declared: 'n × 4', actual: '4' } }),
    );
    await lying.close();
  });

  test('extra dimensions of 1 are dropped', async () => {
    const tail = [{ op: 'Unsqueeze', inputs: ['scores', 'axes'], outputs: ['output'] }];
    const spec = classifierModel({
      shape: [1, 3, 32, 32],
      end: 'Softmax',
      tail,
      declaredOutput: [1, 4, 1, 1],
      initializers: [{ name: 'axes', dtype: 'int64', dims: [2], values: [2, 3] }],
    });
    const model = await load(spec);
    expect((await classify(model, await flat(0, 0, 0))).classCount).toBe(4);
    await model.close();
  });

  test('a single sigmoid stands for two classes', async () => {
    const model = await load(classifierModel({ shape: [1, 3, 32, 32], classes: 1, end: 'Sigmoid' }));
    expect(model.description.classCount).toBe(2);
    const { classes } = await classify(model, await flat(255, 255, 255));
    expect(classes[0]?.index).toBe(1);
    expect((classes[0]?.probability ?? 0) + (classes[1]?.probability ?? 0)).toBeCloseTo(1);
    await model.close();
  });

  test('an output called 19 is read as well as any', async () => {
    const model = await load(classifierModel({ shape: [1, 3, 32, 32], output: '19' }));
    expect((await classify(model, await flat(1, 1, 1))).classCount).toBe(4);
    await model.close();
  });

  test('a free size that the model does not take is searched for', async () => {
    const start = [{ op: 'Reshape', inputs: ['input', 'dims'], outputs: ['body'] }];
    const spec = classifierModel({
      shape: ['n', 3, 'h', 'w'],
      start,
      initializers: [{ name: 'dims', dtype: 'int64', dims: [4], values: [1, 3, 96, 96] }],
    });
    const model = await load(spec);
    expect(model.description.preprocessing).toMatchObject({
      width: 96,
      height: 96,
      resize: { shortSide: 110 },
    });
    expect(model.description.notes?.size).toMatchObject({ reason: 'sizeTried' });
    await model.close();
  });

  test('a model that cannot be run on a picture is loaded all the same, and says why it is no classifier', async () => {
    const start = [{ op: 'Reshape', inputs: ['input', 'dims'], outputs: ['body'] }];
    const initializers = [{ name: 'dims', dtype: 'int64', dims: [4], values: [1, 3, 5, 5] } as const];
    const model = await load(classifierModel({ shape: ['n', 3, 32, 32], start, initializers }));
    expect(model.description).toMatchObject({ preprocessing: null, notClassifier: { reason: 'notRunning' } });
    expect(() => model.pictures).toThrow(expect.objectContaining({ code: 'MODEL_NOT_A_CLASSIFIER' }));
    await model.close();
  });
});

describe('what a person sets', () => {
  const shape = [1, 3, 32, 32];

  test('wins, is kept in the folder, and is there after the next load', async () => {
    const model = await load(classifierModel({ shape }));
    const inferred = model.description.preprocessing;
    expect(inferred).not.toBeNull();
    const wanted: Preprocessing = { ...(inferred as Preprocessing), values, channels: 'bgr' };
    const { description, isKeptInFolder } = model.configure({ preprocessing: wanted }, true);
    expect(isKeptInFolder).toBe(true);
    expect(description).toMatchObject({
      preprocessing: wanted,
      inferred,
      notes: {
        values: { certainty: 'set', reason: 'setByPerson' },
        channels: { certainty: 'set', reason: 'setByPerson' },
      },
    });
    await model.close();
    expect(JSON.parse(readFileSync(join(folder.path, 'slipway.json'), 'utf8'))).toEqual({
      preprocessing: { values, channels: 'bgr' },
    });

    const again = await LoadedModel.load({ folder: folder.path, options: {} }, callContext().enter);
    expect(again.description).toMatchObject({
      preprocessing: wanted,
      inferred,
      notes: { values: { certainty: 'set', reason: 'setBySidecar', params: { file: 'slipway.json' } } },
    });
    expect(again.configure({ preprocessing: null }, true).before).toEqual({
      preprocessing: { values, channels: 'bgr' },
    });
    expect(again.description.preprocessing).toEqual(inferred);
    expect(existsSync(join(folder.path, 'slipway.json'))).toBe(false);
    await again.close();
  });

  test('only what differs from what was inferred, or was a guess, counts as set by the person', async () => {
    const model = await load(classifierModel({ shape: ['n', 3, 'h', 'w'] }));
    const { preprocessing, notes: inferred } = model.description;
    expect(inferred).toMatchObject({ size: { certainty: 'guess' }, channels: { certainty: 'likely' } });
    const whole = { ...(preprocessing as Preprocessing), resize: { kind: 'letterbox' as const } };
    const { after, description } = model.configure({ preprocessing: whole }, true);
    expect(description.notes).toMatchObject({
      size: { certainty: 'set' },
      resize: { certainty: 'set' },
      channels: inferred?.channels,
      layout: inferred?.layout,
      output: inferred?.output,
    });
    expect(Object.keys(after.preprocessing ?? {})).toEqual(
      expect.arrayContaining(['width', 'height', 'resize']),
    );
    expect(after.preprocessing).not.toHaveProperty('channels');
    await model.close();
  });

  test('settings that say what is inferred anyway leave no trace', async () => {
    const model = await load(classifierModel({ shape, producer: 'onnx-caffe2' }));
    const { preprocessing, notes } = model.description;
    const certain = Object.entries(notes ?? {}).filter(([, { certainty }]) => certainty === 'guess');
    expect(certain).toEqual([]);
    const { after, description } = model.configure({ preprocessing }, true);
    expect(after).toEqual({ preprocessing: null });
    expect(description.notes).toEqual(notes);
    expect(existsSync(join(folder.path, 'slipway.json'))).toBe(false);
    await model.close();
  });

  test('names of classes win over those that were found, and go back to them', async () => {
    folder.write('labels.txt', 'one\ntwo\nthree\nfour');
    const model = await load(classifierModel({ shape }));
    const names = ['a', 'b', 'c', 'd'];
    const { before, description, isKeptInFolder } = model.configure({ labels: names }, true);
    expect([before, isKeptInFolder]).toEqual([{ labels: null }, true]);
    expect(description.notes?.labels).toEqual({ certainty: 'set', reason: 'setByPerson', params: {} });
    expect(model.pictures.labelOf(2)).toBe('c');
    expect(model.configure({ labels: null }, true).before).toEqual({ labels: names });
    expect(model.pictures.labelOf(2)).toBe('three');
    expect(existsSync(join(folder.path, 'slipway.json'))).toBe(false);
    await model.close();
  });

  test('names are read from a text in any form, with what is to be said of them, before they are kept', async () => {
    const model = await load(classifierModel({ shape }));
    expect(model.images.namesWith(null)).toMatchObject({ given: [], byClass: ['', '', '', ''] });
    expect(model.images.namesWith('{"0": "a", "1": "b", "2": "c"}')).toMatchObject({
      given: ['a', 'b', 'c'],
      byClass: ['a', 'b', 'c', ''],
      warnings: [{ reason: 'warnLabelsTooFew' }],
    });
    expect(() => model.images.namesWith('[1, 2]')).toThrow(
      expect.objectContaining({ code: 'CLASS_NAMES_UNREADABLE' }),
    );
    expect(model.pictures.labelOf(0)).toBe('class 0');
    await model.close();
  });

  test('the digest of the names is the same for the same names in the same order, and absent without names', async () => {
    const digestWith = async (labels: readonly string[] | undefined): Promise<string | undefined> => {
      folder.write('slipway.json', JSON.stringify(labels === undefined ? {} : { labels }));
      return (await load(classifierModel({ shape }))).description.labelsDigest;
    };
    const digest = await digestWith(['a', 'b', 'c', 'd']);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await digestWith(['a', 'b', 'c', 'd'])).toBe(digest);
    expect(await digestWith(['a', 'b', 'd', 'c'])).not.toBe(digest);
    expect(await digestWith(undefined)).toBeUndefined();
  });

  test('a part set by hand in slipway.json leaves the rest inferred', async () => {
    folder.write(
      'slipway.json',
      JSON.stringify({ preprocessing: { channels: 'bgr' }, labels: ['a', 'b', 'c', 'd'] }),
    );
    const model = await load(classifierModel({ shape }));
    const { preprocessing, notes, labelCount } = model.description;
    expect(preprocessing).toMatchObject({ channels: 'bgr', layout: 'nchw', width: 32 });
    expect(notes).toMatchObject({
      channels: { certainty: 'set' },
      layout: { certainty: 'certain' },
      labels: { certainty: 'set' },
    });
    expect(labelCount).toBe(4);
    model.configure({ preprocessing: { ...(preprocessing as Preprocessing), channels: 'rgb' } }, true);
    expect(JSON.parse(readFileSync(join(folder.path, 'slipway.json'), 'utf8'))).toMatchObject({
      preprocessing: { channels: 'rgb' },
      labels: ['a', 'b', 'c', 'd'],
    });
    await model.close();
  });

  test('kept elsewhere wins over the folder', async () => {
    folder.write('slipway.json', JSON.stringify({ preprocessing: { channels: 'bgr' } }));
    const first = await load(classifierModel({ shape }));
    const { inferred } = first.description;
    await first.close();
    const model = await load(classifierModel({ shape }), inferred ?? undefined);
    expect(model.description).toMatchObject({
      preprocessing: { channels: 'rgb' },
      notes: { channels: { reason: 'setByPerson' } },
    });
    await model.close();
  });

  test.each<[string, ModelSpec, object, object]>([
    [
      'a row of numbers',
      classifierModel({ shape: ['n', 2304] }),
      { width: 48, height: 48, layout: 'flat', channels: 'grey' },
      { width: 48, height: 48, layout: 'flat', channels: 'grey' },
    ],
    [
      'a row of numbers in three colours, its layout not said',
      classifierModel({ shape: ['n', 48] }),
      { width: 4, height: 4, channels: 'bgr' },
      { width: 4, height: 4, layout: 'flat', channels: 'bgr' },
    ],
    [
      'a shape that is free in every dimension',
      classifierModel({ shape: ['n', 'c', 'h', 'w'] }),
      { layout: 'nchw', width: 40, height: 30 },
      { width: 40, height: 30, layout: 'nchw', channels: 'rgb' },
    ],
    [
      'a free shape with the channels last',
      classifierModel({ shape: ['n', 'h', 'w', 'c'] }),
      { layout: 'nhwc', width: 40, height: 30, channels: 'grey' },
      { width: 40, height: 30, layout: 'nhwc', channels: 'grey' },
    ],
  ])('slipway.json makes a classifier of %s', async (_what, spec, preprocessing, expected) => {
    const before = await load(spec);
    expect(before.description.preprocessing).toBeNull();
    await before.close();
    folder.write('slipway.json', JSON.stringify({ preprocessing }));
    const { description, close } = await described(spec);
    expect(description).toMatchObject({ notClassifier: null, preprocessing: expected, classCount: 4 });
    expect(description.notes?.layout).toMatchObject({ certainty: 'set', reason: 'setBySidecar' });
    await close();
  });

  test('a slipway.json that does not fit the shape leaves the reason that was inferred', async () => {
    folder.write(
      'slipway.json',
      JSON.stringify({ preprocessing: { width: 50, height: 48, layout: 'flat' } }),
    );
    const { description, close } = await described(classifierModel({ shape: ['n', 2304] }));
    expect(description.notClassifier).toMatchObject({ reason: 'notInputShape' });
    await close();
  });

  test('a slipway.json that cannot be read is told also of a model that is no classifier', async () => {
    folder.write('slipway.json', lfsPointerText());
    const { description, close } = await described(classifierModel({ shape: ['n', 2304] }));
    expect(description.warnings).toMatchObject([
      { reason: 'warnSidecarUnreadable', params: { detail: 'only a Git LFS pointer' } },
    ]);
    await close();
  });

  test('names that are only a Git LFS pointer are told, and are no names', async () => {
    folder.write('labels.txt', lfsPointerText());
    folder.write('preprocessor_config.json', lfsPointerText());
    const { description, close } = await described(classifierModel({ shape: ['n', 3, 32, 32] }));
    expect(description.labelCount).toBe(0);
    expect(description.warnings).toMatchObject([
      { reason: 'warnLfsPointer', params: { file: 'labels.txt' } },
      { reason: 'warnLfsPointer', params: { file: 'preprocessor_config.json' } },
      { reason: 'warnLabelsMissing' },
    ]);
    await close();
  });

  test('a slipway.json that is not valid is told and left aside', async () => {
    folder.write('slipway.json', JSON.stringify({ preprocessing: { width: -3 } }));
    const model = await load(classifierModel({ shape }));
    expect(model.description).toMatchObject({ preprocessing: { width: 32 } });
    expect(model.description.warnings).toContainEqual(
      expect.objectContaining({ reason: 'warnSidecarUnreadable' }),
    );
    await model.close();
  });

  test('what does not fit the model’s input is refused, and nothing is changed', async () => {
    const model = await load(classifierModel({ shape }));
    const before = model.description.preprocessing as Preprocessing;
    for (const wrong of [
      { width: 64 },
      { layout: 'nhwc' as const },
      { channels: 'grey' as const },
      { layout: 'flat' as const },
    ]) {
      expect(() => model.configure({ preprocessing: { ...before, ...wrong } }, true)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
    expect(model.description.preprocessing).toEqual(before);
    expect(existsSync(join(folder.path, 'slipway.json'))).toBe(false);
    await model.close();
  });

  test('a folder in which it cannot be written is told, and the setting holds all the same', async () => {
    const model = await load(classifierModel({ shape }));
    mkdirSync(join(folder.path, 'slipway.json'));
    const wanted = { ...(model.description.preprocessing as Preprocessing), values };
    expect(model.configure({ preprocessing: wanted }, true)).toMatchObject({
      isKeptInFolder: false,
      description: { preprocessing: wanted },
    });
    expect(readdirSync(folder.path).sort()).toEqual(['model.onnx', 'slipway.json']);
    await model.close();
  });
});

describe('the input as the model sees it', () => {
  test('is the picture again, in true colour or one channel, with its smallest and largest number', async () => {
    const model = await load(classifierModel({ shape: [1, 3, 32, 32], producer: 'onnx-caffe2' }));
    const picture = await flat(200, 100, 50);
    const all = await viewInput(model.pictures.classifier, { picture, channel: 'all' });
    const pixel = async (png: Uint8Array) => [...(await sharp(png).raw().toBuffer())].slice(0, 3);
    expect(await pixel(all.png)).toEqual([200, 100, 50]);
    expect(all).toMatchObject({ width: 32, height: 32, crop: { x: 0, y: 0, width: 1, height: 1 } });
    expect(all.min).toBeCloseTo(50 - 103.939);
    expect(all.max).toBeCloseTo(200 - 123.68);
    // The model's first channel is blue.
    const first = await viewInput(model.pictures.classifier, { picture, channel: '0' });
    expect((await pixel(first.png))[0]).toBe(50);
    await model.close();
  });

  test('can be looked at through other settings than the kept ones', async () => {
    const model = await load(classifierModel({ shape: [1, 3, 32, 32], producer: 'pytorch' }));
    const own = model.pictures.classifier.preprocessing;
    const view = await viewInput(model.pictures.classifier, {
      picture: await flat(255, 0, 0),
      channel: 'all',
      preprocessing: { ...own, values },
    });
    expect([view.min, view.max]).toEqual([0, 255]);
    expect(model.pictures.classifier.preprocessing).toEqual(own);
    await model.close();
  });
});

describe('tensors', () => {
  const add: ModelSpec = {
    inputs: [
      { name: 'a', shape: ['n', 2] },
      { name: 'b', shape: [2] },
    ],
    outputs: [{ name: 'sum', shape: ['n', 2] }],
    nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] }],
  };
  const a = { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) };
  const b = { dtype: 'float32', shape: [2], data: Float32Array.of(10, 20) };

  test('go in and come out by name', async () => {
    const model = await load(add);
    expect(await model.predict({ a, b }, [])).toEqual({
      sum: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(11, 22) },
    });
    expect(model.description).toMatchObject({
      preprocessing: null,
      notClassifier: { reason: 'notSeveralInputs' },
    });
    await model.close();
  });

  test.each([
    ['one missing', { a }, 'b'],
    ['one too many', { a, b, c: b }, 'c'],
    ['of another type', { a, b: { ...b, dtype: 'float64', data: Float64Array.of(1, 2) } }, 'b'],
    ['of another rank', { a, b: { ...b, shape: [1, 2] } }, 'b'],
    ['of another size', { a, b: { ...b, shape: [3], data: Float32Array.of(1, 2, 3) } }, 'b'],
    ['with fewer elements than its shape says', { a: { ...a, shape: [2, 2] }, b }, 'a'],
  ])('%s is refused by name', async (_what, feeds, input) => {
    const model = await load(add);
    await expect(model.predict(feeds, [])).rejects.toMatchObject({
      code: 'TENSOR_MISMATCH',
      params: { input },
    });
    await model.close();
  });

  test('an output that is not there is refused', async () => {
    const model = await load(add);
    await expect(model.predict({ a, b }, ['product'])).rejects.toMatchObject({ code: 'TENSOR_MISMATCH' });
    await model.close();
  });

  test('a run that fails inside the model is told as such', async () => {
    const model = await load({
      inputs: [{ name: 'a', shape: ['n'] }],
      outputs: [{ name: 'r', shape: null }],
      nodes: [{ op: 'Reshape', inputs: ['a', 'dims'], outputs: ['r'] }],
      initializers: [{ name: 'dims', dtype: 'int64', dims: [2], values: [2, 3] }],
    });
    const feeds = { a: { dtype: 'float32', shape: [5], data: new Float32Array(5) } };
    await expect(model.predict(feeds, [])).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' });
    await model.close();
  });
});

test('a model that gives sequences alone loads, and says so when it is asked', async () => {
  const model = await load({
    inputs: [{ name: 'x', shape: [2] }],
    outputs: [{ name: 'list', shape: [2], isSequence: true }],
    nodes: [{ op: 'SequenceConstruct', inputs: ['x', 'x'], outputs: ['list'] }],
  });
  const feeds = { x: { dtype: 'float32', shape: [2], data: new Float32Array(2) } };
  await expect(model.predict(feeds, [])).rejects.toMatchObject({ code: 'MODEL_GIVES_NO_TENSORS' });
  await model.close();
});

describe('a model that onnxruntime refuses', () => {
  const failure = async (spec: ModelSpec): Promise<AppError> =>
    load(spec).then(
      () => Promise.reject(new Error('It loaded')),
      (thrown: AppError) => thrown,
    );

  test('one of an old opset that runs all the same says how old it is', async () => {
    const old = (opset: number): ModelSpec => ({
      inputs: [{ name: 'x', shape: [3] }],
      outputs: [{ name: 'y', shape: [3] }],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      opsets: { '': opset },
    });
    const warningsOf = async (opset: number) => {
      const { description, close } = await described(old(opset));
      await close();
      return description.warnings;
    };
    expect(await warningsOf(6)).toEqual([
      { certainty: 'certain', reason: 'warnOldOpset', params: { opset: '6' } },
    ]);
    expect(await warningsOf(7)).toEqual([]);
  });

  test('for an old operator is told as too old', async () => {
    const spec: ModelSpec = {
      inputs: [{ name: 'x', shape: [1] }],
      outputs: [{ name: 'y', shape: [1] }],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      opsets: { '': 5 },
    };
    expect(await failure(spec)).toMatchObject({ code: 'MODEL_OPSET_TOO_OLD', params: { opset: '5' } });
  });

  test('for another fault of an old model is told as too old as well', async () => {
    const spec: ModelSpec = {
      inputs: [{ name: 'x', shape: [1] }],
      outputs: [{ name: 'y', shape: [1] }],
      nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: 1 } }],
      opsets: { '': 5 },
    };
    expect(await failure(spec)).toMatchObject({ code: 'MODEL_OPSET_TOO_OLD', params: { opset: '5' } });
  });

  test('is told without the runtime’s own sources', async () => {
    const error = await failure({ inputs: [], outputs: [], nodes: [] });
    expect(error).toMatchObject({ code: 'MODEL_REFUSED_BY_RUNTIME' });
    expect(error.message).not.toMatch(/_src|\.cc|::/);
  });

  test('for any other reason is told without a path of this machine', async () => {
    const spec: ModelSpec = {
      inputs: [{ name: 'x', shape: [1] }],
      outputs: [{ name: 'y', shape: [1] }],
      nodes: [{ op: 'NoSuchOperator', inputs: ['x'], outputs: ['y'] }],
    };
    const error = await failure(spec);
    expect(error.code).toMatch(/MODEL_(REFUSED_BY_RUNTIME|OPERATOR_UNSUPPORTED)/);
    expect(JSON.stringify(error.toWire())).not.toContain(folder.path);
  });
});

describe('the model’s file', () => {
  test('is model.onnx, or the only .onnx there', async () => {
    folder.write('resnet.onnx', onnxModel(classifierModel({ shape: [1, 3, 32, 32] })));
    const model = await LoadedModel.load({ folder: folder.path, options: {} }, callContext().enter);
    await model.close();
    folder.write('other.onnx', '');
    await expect(
      LoadedModel.load({ folder: folder.path, options: {} }, callContext().enter),
    ).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
    });
    folder.write('model.onnx', onnxModel(classifierModel({ shape: [1, 3, 48, 48] })));
    const named = await LoadedModel.load({ folder: folder.path, options: {} }, callContext().enter);
    expect(named.description.preprocessing?.width).toBe(48);
    await named.close();
  });
});
