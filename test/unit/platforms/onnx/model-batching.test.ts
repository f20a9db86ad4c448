import { afterEach, describe, expect, test } from 'vitest';
import { tryBatch } from '../../../../main/platforms/onnx/runner/batch-trial';
import { readBatchingFile } from '../../../../main/platforms/onnx/runner/batching-file';
import { LoadedModel } from '../../../../main/platforms/onnx/runner/loaded-model';
import { ModelBatching } from '../../../../main/platforms/onnx/runner/model-batching';
import type { BatchingSettings } from '../../../../main/runner/batching/batching-parameters';
import { RunQueue } from '../../../../main/runner/run-queue';
import { RunnerMeter } from '../../../../main/runner/runner-meter';
import { failureOf } from '../../../support/app-errors';
import { callContext } from '../../../support/call-context';
import { lfsPointerText } from '../../../support/lfs-pointer';
import { type ClassifierSpec, classifierModel } from '../../../support/onnx-classifiers';
import { onnxModel } from '../../../support/onnx-writer';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();
const forever = new AbortController().signal;
let open: { readonly model: LoadedModel; readonly batching: ModelBatching }[] = [];

afterEach(async () => {
  for (const { model, batching } of open) {
    await batching.close();
    await model.close();
  }
  open = [];
});

async function batchedModel(spec: ClassifierSpec, settings?: BatchingSettings | 'off') {
  folder.write('model.onnx', onnxModel(classifierModel(spec)));
  const model = await LoadedModel.load({ folder: folder.path, options: {} }, callContext().enter);
  const meter = new RunnerMeter();
  const batching = await ModelBatching.create(model, settings, { queue: new RunQueue(), meter });
  open.push({ model, batching });
  const { preprocessing } = model.pictures.classifier;
  const rgb = (value: number): Uint8Array =>
    new Uint8Array(preprocessing.width * preprocessing.height * 3).fill(value);
  return {
    model,
    batching,
    classify: (value: number, signal = forever) => batching.classify(rgb(value), preprocessing, signal),
    batches: () => (meter.read().batches ?? []).map(({ size, runs }) => ({ size, runs })),
  };
}

const small: ClassifierSpec = { shape: ['n', 3, 8, 8] };
const values = [0, 50, 100, 150, 200, 250];

describe('pictures', () => {
  test('those in flight are run together, each with the numbers that it has alone', async () => {
    const single = await batchedModel(small, 'off');
    const alone: number[][] = [];
    for (const value of values) alone.push([...(await single.classify(value)).scores]);
    const { classify, batches } = await batchedModel(small, { maxBatchSize: 4 });
    const answers = await Promise.all(values.map((value) => classify(value)));
    expect(answers.map(({ scores }) => [...scores])).toEqual(alone);
    expect(answers.map(({ output }) => output.shape)).toEqual(values.map(() => [1, 4]));
    // the first goes at once; the others gather meanwhile
    expect(batches()).toEqual([
      { size: 1, runs: 2 },
      { size: 4, runs: 1 },
    ]);
  });

  test('a batch that is not full is filled up to the next allowed size', async () => {
    const settings = { maxBatchSize: 4, allowedBatchSizes: [4], batchTimeoutMicros: 1_000 };
    const { classify, batches } = await batchedModel(small, settings);
    expect([...(await classify(0)).scores]).toHaveLength(4);
    expect(batches()).toEqual([{ size: 4, runs: 1 }]);
  });

  test('a model that takes exactly one is given one, whatever is set', async () => {
    const { classify, batches } = await batchedModel({ shape: [1, 3, 8, 8] }, { maxBatchSize: 8 });
    await Promise.all(values.map((value) => classify(value)));
    expect(batches()).toEqual([{ size: 1, runs: 6 }]);
  });

  test('a model that takes exactly four is given four, the rest filled up', async () => {
    const { classify, batches } = await batchedModel({ shape: [4, 3, 8, 8], declaredOutput: [4, 4] });
    const answers = await Promise.all(values.map((value) => classify(value)));
    expect(new Set(answers.map(({ scores }) => scores.join())).size).toBe(values.length);
    expect(batches().reduce((sum, { size, runs }) => sum + size * runs, 0)).toBe(values.length);
    expect(Math.max(...batches().map(({ size }) => size))).toBeLessThanOrEqual(4);
  });

  test('a picture that nobody waits for any more is not run', async () => {
    const { classify, batches } = await batchedModel(small, { maxBatchSize: 1 });
    const leaving = new AbortController();
    const first = classify(0);
    const left = failureOf(() => classify(1, leaving.signal));
    leaving.abort();
    expect((await left).code).toBe('CANCELLED');
    await first;
    expect(batches()).toEqual([{ size: 1, runs: 1 }]);
  });

  test('the queue’s bound that was set holds', async () => {
    const { classify } = await batchedModel(small, { maxBatchSize: 1, maxEnqueuedBatches: 1 });
    const first = [classify(0), classify(1)];
    expect((await failureOf(() => classify(2))).code).toBe('QUEUE_FULL');
    await Promise.all(first);
  });
});

describe('what is found out when nobody has set it', () => {
  test('a model with a free batch dimension may be run with any number at once', async () => {
    const { model } = await batchedModel(small, 'off');
    const trial = await tryBatch(model.pictures.classifier);
    expect(trial).toMatchObject({ isRowWise: true, possible: Number.POSITIVE_INFINITY });
  });

  test('a model whose rows change each other’s numbers is never batched by itself', async () => {
    const { model, classify, batches } = await batchedModel({
      ...small,
      start: [
        { op: 'ReduceMax', inputs: ['input'], outputs: ['largest'], attributes: { axes: [0], keepdims: 1 } },
        { op: 'Sub', inputs: ['input', 'largest'], outputs: ['body'] },
      ],
    });
    expect(await tryBatch(model.pictures.classifier)).toMatchObject({ isRowWise: false, worthwhile: 1 });
    await Promise.all(values.map((value) => classify(value)));
    expect(batches()).toEqual([{ size: 1, runs: 6 }]);
  });

  test('a model that says any number and takes one is run singly', async () => {
    const { model, classify } = await batchedModel(
      {
        ...small,
        start: [{ op: 'Reshape', inputs: ['input', 'one'], outputs: ['body'] }],
        initializers: [{ name: 'one', dtype: 'int64', dims: [4], values: [1, 3, 8, 8] }],
      },
      { maxBatchSize: 8 },
    );
    expect((await tryBatch(model.pictures.classifier)).possible).toBe(1);
    expect(await Promise.all(values.map((value) => classify(value)))).toHaveLength(6);
  });
});

describe('tensors', () => {
  const feeds = (rows: number) => ({
    input: { dtype: 'float32', shape: [rows, 3, 8, 8], data: new Float32Array(rows * 3 * 64).fill(4) },
  });
  const nothing = (): void => undefined;

  test('calls in flight are run together', async () => {
    const { batching, batches } = await batchedModel(small, { maxBatchSize: 8, batchTimeoutMicros: 20_000 });
    const answers = await Promise.all(
      [3, 5].map((rows) => batching.predict(feeds(rows), [], forever, nothing)),
    );
    expect(answers.map(({ output }) => output?.shape)).toEqual([
      [3, 4],
      [5, 4],
    ]);
    expect(batches()).toEqual([{ size: 8, runs: 1 }]);
  });

  test('a call that does not fit the model is refused before it meets others', async () => {
    const { batching } = await batchedModel(small, { maxBatchSize: 8 });
    const wrong = { input: { dtype: 'float32', shape: [1, 3, 9, 8], data: new Float32Array(216) } };
    expect((await failureOf(() => batching.predict(wrong, [], forever, nothing))).code).toBe(
      'TENSOR_MISMATCH',
    );
  });

  test('a call of any number of rows is answered when nobody has set a limit, and is as good as row by row', async () => {
    const rows = 300; // several times what is ever found worthwhile
    const data = Float32Array.from({ length: rows * 3 * 64 }, (_, at) => (at * 7) % 255);
    const input = { dtype: 'float32', shape: [rows, 3, 8, 8], data };
    const single = await batchedModel(small, 'off');
    const alone = await single.batching.predict({ input }, [], forever, nothing);
    const { batching } = await batchedModel(small);
    const runs: number[] = [];
    const answer = await batching.predict({ input }, [], forever, ({ shareMs }) => runs.push(shareMs));
    expect(answer['output']?.shape).toEqual([rows, 4]);
    const numbersOf = ({ output }: typeof answer): Float32Array =>
      output?.data instanceof Float32Array ? output.data : expect.unreachable();
    const expected = numbersOf(alone);
    const difference = numbersOf(answer).map((value, at) => Math.abs(value - (expected[at] ?? Number.NaN)));
    expect(Math.max(...difference)).toBeLessThan(1e-3);
    expect(runs.every((shareMs) => shareMs > 0)).toBe(true);
  });

  test('a fixed batch is run as it is', async () => {
    const { batching, batches } = await batchedModel({ shape: [1, 3, 8, 8] }, { maxBatchSize: 8 });
    await Promise.all([1, 1].map((rows) => batching.predict(feeds(rows), [], forever, nothing)));
    expect(batches()).toEqual([{ size: 1, runs: 2 }]);
  });

  describe('of another number than a model takes exactly', () => {
    const rowsOf = (count: number, first = 0) => {
      const data = Float32Array.from({ length: count * 192 }, (_, at) => first + Math.floor(at / 192));
      return { input: { dtype: 'float32', shape: [count, 3, 8, 8], data } };
    };
    const scoresOf = ({ output }: Awaited<ReturnType<ModelBatching['predict']>>): number[] =>
      Array.from(output?.data as Float32Array);
    const free = async (count: number): Promise<number[]> => {
      const { batching } = await batchedModel(small, 'off');
      return scoresOf(await batching.predict(rowsOf(count), [], forever, nothing));
    };

    test.each([
      [1, 2],
      [4, 3],
      [4, 17],
      [16, 3],
      [16, 17],
    ])('a model of %i answers %i rows as one of any number does', async (batch, count) => {
      const { batching } = await batchedModel({ shape: [batch, 3, 8, 8], declaredOutput: [batch, 4] });
      const answer = await batching.predict(rowsOf(count), [], forever, nothing);
      expect(answer['output']?.shape).toEqual([count, 4]);
      expect(scoresOf(answer)).toEqual(await free(count));
    });

    test.each([
      ['rows of several callers share a run', undefined, 1],
      ['unless each is to have runs of his own', 'off', 2],
    ] as const)('%s', async (_what, settings, runs) => {
      const spec = { shape: [8, 3, 8, 8], declaredOutput: [8, 4] };
      const { batching, batches } = await batchedModel(spec, settings);
      await batching.predict(rowsOf(1), [], forever, nothing); // it is found out that its rows can be filled up
      const before = batches().reduce((sum, it) => sum + it.runs, 0);
      const first = batching.predict(rowsOf(8), [], forever, nothing);
      const others = [
        batching.predict(rowsOf(2), [], forever, nothing),
        batching.predict(rowsOf(3, 7), [], forever, nothing),
      ];
      await first;
      expect(scoresOf((await others[1]) ?? {})).toEqual((await free(10)).slice(7 * 4));
      await Promise.all(others);
      expect(batches().reduce((sum, it) => sum + it.runs, 0) - before - 1).toBe(runs);
    });

    test('is refused where one row changes another’s numbers', async () => {
      const { batching } = await batchedModel({
        shape: [4, 3, 8, 8],
        declaredOutput: [4, 4],
        start: [
          {
            op: 'ReduceMax',
            inputs: ['input'],
            outputs: ['largest'],
            attributes: { axes: [0], keepdims: 1 },
          },
          { op: 'Sub', inputs: ['input', 'largest'], outputs: ['body'] },
        ],
      });
      expect((await failureOf(() => batching.predict(rowsOf(3), [], forever, nothing))).code).toBe(
        'TENSOR_MISMATCH',
      );
      expect((await batching.predict(rowsOf(4), [], forever, nothing))['output']?.shape).toEqual([4, 4]);
    });

    test('and of another shape, or none at all, is refused', async () => {
      const { batching } = await batchedModel({ shape: [1, 3, 8, 8] });
      const wrong = { input: { dtype: 'float32', shape: [2, 3, 9, 8], data: new Float32Array(432) } };
      for (const input of [wrong, rowsOf(0)])
        expect((await failureOf(() => batching.predict(input, [], forever, nothing))).code).toBe(
          'TENSOR_MISMATCH',
        );
    });
  });
});

describe('batching_params.pbtxt', () => {
  test('is read as TensorFlow Serving writes it', () => {
    folder.write(
      'batching_params.pbtxt',
      'max_batch_size { value: 8 }\nbatch_timeout_micros { value: 500 }\nallowed_batch_sizes: 4\nallowed_batch_sizes: 8\npad_variable_length_inputs: true\nenable_large_batch_splitting { value: false }\n',
    );
    expect(readBatchingFile(folder.path)).toMatchObject({
      maxBatchSize: 8,
      batchTimeoutMicros: 500,
      allowedBatchSizes: [4, 8],
      padVariableLengthInputs: true,
      enableLargeBatchSplitting: false,
    });
  });

  test('that cannot be read is refused', async () => {
    folder.write('batching_params.pbtxt', 'max_batch_size {');
    expect((await failureOf(async () => readBatchingFile(folder.path))).code).toBe('BATCHING_INVALID');
    folder.write('batching_params.pbtxt', 'max_batch_size { value: "many" }');
    expect((await failureOf(async () => readBatchingFile(folder.path))).code).toBe('BATCHING_INVALID');
    folder.write('batching_params.pbtxt', 'allowed_batch_sizes: {}');
    expect((await failureOf(async () => readBatchingFile(folder.path))).code).toBe('BATCHING_INVALID');
    folder.write('batching_params.pbtxt', lfsPointerText());
    expect(await failureOf(async () => readBatchingFile(folder.path))).toMatchObject({
      code: 'MODEL_FILE_IS_LFS_POINTER',
      params: { file: 'batching_params.pbtxt' },
    });
  });
});
