import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import type { TensorInfo } from '../../../app/contract/inference';
import { gistOfTensors } from '../../../main/runner/codecs/answer-gist';
import type { CallParams, CodecName } from '../../../main/runner/codecs/codec';
import { type InferHost, infer } from '../../../main/runner/codecs/infer';
import type { Tensor } from '../../../main/runner/tensor';
import { encode } from '../../support/proto-client';

const timingsMs = { queue: 1, decode: 2, preprocess: 3, run: 4 };
const labels = ['cat', 'dog'];

/** Doubles its one input; knows two classes, and takes any bytes but `bad` for a picture. */
class FakeHost implements InferHost {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly #names: readonly string[] | null;

  constructor(row: readonly (number | string)[] = [2], names: readonly string[] | null = labels) {
    this.inputs = [{ name: 'x', dtype: 'float32', shape: ['', ...row] }];
    this.outputs = [{ name: 'y', dtype: 'float32', shape: ['', ...row] }];
    this.#names = names;
  }

  async predict(inputs: Readonly<Record<string, Tensor>>): ReturnType<InferHost['predict']> {
    const x = inputs['x'];
    if (!x || !(x.data instanceof Float32Array)) throw new AppError('TENSOR_MISMATCH');
    return {
      outputs: { y: { ...x, data: x.data.map((value) => value * 2) } },
      timingsMs: { queue: 1, run: 4 },
    };
  }

  async classify(picture: Uint8Array, top: number) {
    if (Buffer.from(picture).toString() === 'bad')
      throw new AppError('PICTURE_UNREADABLE', {}, { detail: 'no picture' });
    const classes = labels
      .map((label, index) => ({ index, label, probability: 0.75 - index / 2, raw: 1 }))
      .slice(0, top);
    const output = { name: 'y', dtype: 'float32', shape: [1, 2], form: 'probabilities' as const };
    return { classes, classCount: 2, isTied: false, output, timingsMs };
  }

  async rank(outputs: Readonly<Record<string, Tensor>>, rowCount: number) {
    const names = this.#names;
    if (!names) throw new AppError('MODEL_NOT_A_CLASSIFIER');
    const data = outputs['y']?.data as Float32Array;
    const size = data.length / rowCount;
    return Array.from({ length: rowCount }, (_, row) =>
      Array.from(data.subarray(row * size, (row + 1) * size), (probability, index) => ({
        index,
        label: names[index] ?? '',
        probability,
        raw: probability,
      })).sort((a, b) => b.probability - a.probability),
    );
  }
}

const call = (
  codec: CodecName,
  body: string | Uint8Array,
  params: Partial<CallParams> = {},
  host: InferHost = new FakeHost(),
) =>
  infer(
    {
      codec,
      body: Buffer.from(body as string),
      params: { method: 'predict', ...params },
      model: 'm',
      version: 7,
    },
    host,
  );
const json = async (answer: ReturnType<typeof call>) =>
  JSON.parse(Buffer.from((await answer).bytes).toString());
const refused = (act: Promise<unknown>) =>
  act.then(
    () => 'OK',
    (thrown: unknown) => AppError.from(thrown).status,
  );

describe('a request answered in a runner', () => {
  test('predict: parsed, run and written in the format of the request', async () => {
    const answer = await call('tfs-json', '{"instances":[[1,2],[3,4]]}');
    expect(Buffer.from(answer.bytes).toString()).toBe('{"predictions":[[2.0,4.0],[6.0,8.0]]}');
    expect(answer.exampleCount).toBe(2);
    expect(answer.timingsMs).toMatchObject({ queue: 1, run: 4 });
  });

  test('predict: names that the signature lacks are refused and listed', async () => {
    const body = encode('tensorflow.serving.PredictRequest', {
      inputs: { z: { dtype: 1, tensor_shape: { dim: [{ size: 1 }] }, float_val: [1] } },
    });
    await expect(call('tfs-proto', body)).rejects.toMatchObject({
      status: 'INVALID_ARGUMENT',
      message: 'input size does not match signature: 1!=1. Sent extra: {z}. Missing but required: {x}.',
    });
    const inputs = { x: { dtype: 1, tensor_shape: { dim: [{ size: 1 }, { size: 2 }] }, float_val: [1] } };
    const filtered = (output_filter: string[]) =>
      refused(call('tfs-proto', encode('tensorflow.serving.PredictRequest', { inputs, output_filter })));
    expect(await filtered(['y'])).toBe('OK');
    expect(await filtered(['nope'])).toBe('INVALID_ARGUMENT');
    expect(await filtered(['y', 'y'])).toBe('INVALID_ARGUMENT');
  });

  test('classify: examples with pictures go through the picture pipeline', async () => {
    const body = JSON.stringify({ examples: [{ 'image/encoded': { b64: 'aGk=' } }, { image: 'raw' }] });
    expect(await json(call('tfs-json', body, { method: 'classify' }))).toEqual({
      results: [
        [
          ['cat', 0.75],
          ['dog', 0.25],
        ],
        [
          ['cat', 0.75],
          ['dog', 0.25],
        ],
      ],
    });
    expect(await refused(call('tfs-json', '{"examples":[{"image":"bad"}]}', { method: 'classify' }))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('classify: examples with numbers fill the input, by name or alone', async () => {
    for (const feature of ['x', 'anything'])
      expect(
        await json(call('tfs-json', `{"examples":[{"${feature}":[0.25,0.5]}]}`, { method: 'classify' })),
      ).toEqual({
        results: [
          [
            ['dog', 1],
            ['cat', 0.5],
          ],
        ],
      });
    for (const body of [
      '{"examples":[{"x":[1.5]}]}',
      '{"examples":[{"x":[1.5,2.5]},{"x":[1.5]}]}',
      '{"examples":[{"a":[1,2],"b":3}]}',
    ])
      expect(await refused(call('tfs-json', body, { method: 'classify' }))).toBe('INVALID_ARGUMENT');
  });

  test('regress: one number for each example', async () => {
    const body = '{"examples":[{"x":1.5},{"x":-2}]}';
    expect(
      await json(
        call('tfs-json', '{"examples":[{"x":1.5},{"x":-2.0}]}', { method: 'regress' }, new FakeHost([1])),
      ),
    ).toEqual({
      results: [3, -4],
    });
    expect(await json(call('tfs-json', body, { method: 'regress' }, new FakeHost([1])))).toEqual({
      results: [3, -4],
    });
    expect(await refused(call('tfs-json', '{"examples":[{"x":[1,2]}]}', { method: 'regress' }))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('Open Inference Protocol: classification names the labels, or only indices where there are none', async () => {
    const body = JSON.stringify({
      inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [0.25, 0.5] }],
      outputs: [{ name: 'y', parameters: { classification: 1 } }],
    });
    expect((await json(call('oip-json', body))).outputs[0].data).toEqual(['1.000000:1:dog']);
    const nameless = await json(call('oip-json', body, {}, new FakeHost([2], null)));
    expect(nameless.outputs[0].data).toEqual(['1.000000:1']);
  });

  /** Answers -2, 0.5 and 1 of every type. */
  class TypedHost extends FakeHost {
    readonly #y: Tensor;

    constructor(dtype: string, data: Tensor['data'], row: readonly number[]) {
      super(row, null);
      this.#y = { dtype, shape: [3 / (row[0] ?? 1), ...row], data };
    }

    override async predict(): ReturnType<InferHost['predict']> {
      return { outputs: { y: this.#y }, timingsMs: { queue: 0, run: 0 } };
    }
  }
  const numbers = [
    ['float16', Uint16Array.of(0xc000, 0x3800, 0x3c00)],
    ['bfloat16', Uint16Array.of(0xc000, 0x3f00, 0x3f80)],
    ['float64', Float64Array.of(-2, 0.5, 1)],
  ] as const;

  test.each(numbers)('the numbers of %s are what its bits stand for', async (dtype, data) => {
    const classes = JSON.stringify({
      inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [0, 0, 0] }],
      outputs: [{ name: 'y', parameters: { classification: 3 } }],
    });
    const answer = await json(call('oip-json', classes, {}, new TypedHost(dtype, data, [3])));
    expect(answer.outputs[0].data).toEqual(['1.000000:2', '0.500000:1', '-2.000000:0']);
    const regress = call(
      'tfs-json',
      '{"examples":[{"x":1.5},{"x":1.5},{"x":1.5}]}',
      { method: 'regress' },
      new TypedHost(dtype, data, [1]),
    );
    expect(await json(regress)).toEqual({ results: [-2, 0.5, 1] });
    expect(gistOfTensors({ y: { dtype, shape: [3], data } })).toEqual({
      kind: 'numbers',
      values: [-2, 0.5, 1],
    });
  });

  test('whole numbers are named as such', async () => {
    const body = JSON.stringify({
      inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [0, 0, 0] }],
      outputs: [{ name: 'y', parameters: { classification: 2 } }],
    });
    const host = new TypedHost('int64', BigInt64Array.of(-2n, 7n, 1n), [3]);
    expect((await json(call('oip-json', body, {}, host))).outputs[0].data).toEqual(['7:1', '1:2']);
  });
});

describe('pictures as they are', () => {
  const form = (...files: [string, string][]) => {
    const boundary = 'b0';
    const parts = files.map(
      ([name, content]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n${content}\r\n`,
    );
    return {
      body: `${parts.join('')}--${boundary}--\r\n`,
      contentType: `multipart/form-data; boundary=${boundary}`,
    };
  };

  test('one picture is answered with its classes and times', async () => {
    expect(await json(call('image', 'jpeg bytes', { contentType: 'image/jpeg', top: 1 }))).toEqual({
      model: 'm',
      version: 7,
      results: [{ classes: [{ index: 0, label: 'cat', probability: 0.75 }], timings_ms: timingsMs }],
    });
    await expect(call('image', 'bad', { contentType: 'image/jpeg' })).rejects.toMatchObject({
      code: 'PICTURE_UNREADABLE',
    });
    expect(await refused(call('image', '', { contentType: 'image/jpeg' }))).toBe('INVALID_ARGUMENT');
  });

  test('several come as a form; a bad one among them is an entry with an error', async () => {
    const { body, contentType } = form(['a.png', 'one'], ['b.png', 'bad'], ['c.png', 'three']);
    const { results } = await json(call('image', body, { contentType, top: 1 }));
    expect(results.map(({ name, error }: { name: string; error?: string }) => [name, error])).toEqual([
      ['a.png', undefined],
      ['b.png', 'no picture'],
      ['c.png', undefined],
    ]);
    expect(await refused(call('image', body.slice(0, 40), { contentType }))).toBe('INVALID_ARGUMENT');
    expect(await refused(call('image', 'x', { contentType: 'multipart/form-data' }))).toBe(
      'INVALID_ARGUMENT',
    );
    const empty = form();
    expect(await refused(call('image', empty.body, { contentType: empty.contentType }))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('on request each result is a line of JSON', async () => {
    const { body, contentType } = form(['a.png', 'one'], ['b.png', 'two']);
    const answer = await call('image', body, { contentType, top: 1, isLineDelimited: true });
    expect(answer.contentType).toBe('application/x-ndjson');
    const lines = Buffer.from(answer.bytes)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { model: 'm', version: 7, index: 0, name: 'a.png' },
      { model: 'm', version: 7, index: 1, name: 'b.png' },
    ]);
  });
});

describe('a table asked over REST', () => {
  const big = 2n ** 63n - 1n;
  const table = Object.assign(new FakeHost(), {
    lookup: async (keys: readonly string[]) => ({
      found: keys.slice(0, 1),
      values: { dtype: 'int64', shape: [1, 2], data: BigInt64Array.of(big, -1n) },
      missing: keys.slice(1),
    }),
    nearest: async ({ to, count }: { readonly to: string | readonly number[]; readonly count: number }) => [
      { key: `${typeof to} ${count}`, similarity: 0.5 },
    ],
  });
  const text = async (body: string, method: 'lookup' | 'nearest') =>
    Buffer.from((await call('table-json', body, { method }, table)).bytes).toString();

  test('rows keep every digit, and what is missing is named', async () => {
    expect(await text('{"keys":["a","b\\"c"]}', 'lookup')).toBe(
      `{"model":"m","version":7,"found":["a"],"values":[[${big},-1]],"missing":["b\\"c"]}`,
    );
  });

  test('neighbours of a key or a vector, ten unless told', async () => {
    expect(await text('{"to":"a"}', 'nearest')).toBe(
      '{"model":"m","version":7,"neighbours":[{"key":"string 10","similarity":0.5}]}',
    );
    expect(JSON.parse(await text('{"to":[1,0],"count":3}', 'nearest')).neighbours[0].key).toBe('object 3');
  });

  test('what is no such request is refused, and so is a model that is no table', async () => {
    for (const body of ['', '[]', '{}', '{"keys":"a"}', '{"keys":[1]}', '{"keys":[],"more":1}'])
      expect(await refused(text(body, 'lookup'))).toBe('INVALID_ARGUMENT');
    for (const body of ['{"to":1}', '{"to":"a","count":0}', '{"to":"a","count":1e9}'])
      expect(await refused(text(body, 'nearest'))).toBe('INVALID_ARGUMENT');
    expect(await refused(call('table-json', '{"keys":["a"]}', { method: 'lookup' }))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(await refused(call('tfs-json', '{}', { method: 'lookup' }, table))).toBe('UNIMPLEMENTED');
  });
});
