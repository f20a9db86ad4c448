import { Writer } from 'protobufjs/minimal';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { createOnnxRunner } from '../../main/platforms/onnx/runner/onnx-runner';
import type { RecordedCall } from '../../main/runner/codecs/recorded-call';
import { createWriter, writeTensorProto } from '../../main/runner/codecs/tensor-proto';
import type { RunnerPort } from '../../main/runner/port';
import type { Batch, FromRunner, ToRunner, WarmUpOptions } from '../../main/runner/protocol';
import { serveRunner } from '../../main/runner/serve-runner';
import { crc32c } from '../../main/runner/warm-up/crc32c';
import { madeInputs } from '../../main/runner/warm-up/made-inputs';
import { recordedFile, warmUp, warmUpFile } from '../../main/runner/warm-up/warm-up';
import { lfsPointerText } from '../support/lfs-pointer';
import { classifierModel } from '../support/onnx-classifiers';
import { onnxModel } from '../support/onnx-writer';
import { temporaryFolder } from '../support/temp-folder';
import { tfRecords } from '../support/tf-records';

const folder = temporaryFolder();

/** A message whose field holds another. */
const nested = (field: number, bytes: Uint8Array): Uint8Array =>
  new Writer()
    .uint32((field << 3) | 2)
    .bytes(bytes)
    .finish();
/** A `PredictionLog` of a request, which is field 1 of every log. */
const logged = (field: number, request: Uint8Array): Uint8Array => nested(field, nested(1, request));
const text = (value: string): Uint8Array => Buffer.from(value);

async function replayed(records: readonly Uint8Array[] | Uint8Array, options: WarmUpOptions = {}) {
  if (!Array.isArray(records) || records.length > 0)
    folder.write(warmUpFile, Array.isArray(records) ? tfRecords(records) : (records as Uint8Array));
  const requests: RecordedCall[] = [];
  let madeUp = 0;
  const told = await warmUp(folder.path, options, {
    replay: async (request) => {
      requests.push(request);
      if (Buffer.from(request.request).toString() === 'bad')
        throw new AppError('TENSOR_MISMATCH', {}, { detail: 'It does not fit' });
    },
    makeUp: async () => {
      madeUp++;
    },
  }).catch((thrown: AppError) => thrown);
  const error = told instanceof AppError ? told : undefined;
  const read = told instanceof AppError ? undefined : told?.records;
  return {
    error,
    read,
    madeUp,
    requests: requests.map(({ params, request }) => `${params.method}:${Buffer.from(request)}`),
  };
}

describe('T234', () => {
  test('T234: without a file, or with an empty one, the version loads', async () => {
    expect(await replayed([])).toEqual({ error: undefined, read: 0, madeUp: 1, requests: [] });
    expect(await replayed(new Uint8Array())).toEqual({
      error: undefined,
      read: 0,
      madeUp: 0,
      requests: [],
    });
  });

  test('T234: recorded requests of every kind are replayed in order, and unset ones passed over', async () => {
    const records = [
      logged(6, text('a')),
      nested(1, text('')),
      logged(2, text('b')),
      logged(3, text('c')),
      logged(4, text('d')),
    ];
    const { error, requests, read } = await replayed(records);
    expect([error, read]).toEqual([undefined, 5]);
    expect(requests).toEqual(['predict:a', 'classify:b', 'regress:c', 'multiInference:d']);
  });

  test('T234: a failing record fails the load with its own status', async () => {
    const { error, requests } = await replayed([
      logged(6, text('good')),
      logged(6, text('bad')),
      logged(6, text('later')),
    ]);
    expect(error).toMatchObject({ code: 'WARMUP_FAILED', status: 'INVALID_ARGUMENT' });
    expect(requests).toEqual(['predict:good', 'predict:bad']);
  });

  test('T234: of 1001 records the first 1000 run, and then the load fails', async () => {
    const { error, requests } = await replayed(Array.from({ length: 1001 }, () => logged(6, text('x'))));
    expect(requests).toHaveLength(1000);
    expect(error).toMatchObject({ code: 'WARMUP_INVALID', status: 'INVALID_ARGUMENT' });
  });

  test('T234: a damaged container is lost data, a record that is none an invalid argument, a session run not supported', async () => {
    const file = Buffer.from(tfRecords([logged(6, text('x'))]));
    file.writeUInt8(file.readUInt8(20) ^ 1, 20);
    expect((await replayed(file)).error).toMatchObject({ code: 'WARMUP_INVALID', status: 'DATA_LOSS' });
    expect((await replayed(file.subarray(0, 10))).error).toMatchObject({ status: 'DATA_LOSS' });
    expect((await replayed(text(lfsPointerText()))).error).toMatchObject({
      code: 'MODEL_FILE_IS_LFS_POINTER',
      params: { file: 'tf_serving_warmup_requests' },
    });
    expect((await replayed([Buffer.from([0xff, 0xff])])).error).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect((await replayed([logged(5, text('x'))])).error).toMatchObject({ status: 'UNIMPLEMENTED' });
  });

  test('requests that Slipway logged are replayed after them, each as it came', async () => {
    const line = (codec: string, method: string, request: string): string =>
      `${JSON.stringify({ v: 1, codec, params: { method }, request: Buffer.from(request).toString('base64'), api: 'x' })}\n`;
    folder.write(recordedFile, `${line('tfs-json', 'predict', '{}')}\n${line('image', 'classify', 'png')}`);
    const { requests, read } = await replayed([logged(6, text('a'))]);
    expect(requests).toEqual(['predict:a', 'predict:{}', 'classify:png']);
    expect(read).toBe(3);
    folder.write(recordedFile, `${line('tfs-json', 'predict', '{}')}{"half`);
    expect((await replayed([])).error).toMatchObject({
      code: 'WARMUP_INVALID',
      message: expect.stringContaining('Line 2'),
    });
    folder.write(recordedFile, line('tfs-json', 'predict', 'x').repeat(1_001));
    expect((await replayed([])).error).toMatchObject({ code: 'WARMUP_INVALID' });
  });

  test('T234: a runner replays them on the model before the load is done', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 8, 8] })));
    const record = (side: number): Uint8Array => {
      const tensor = createWriter();
      writeTensorProto(tensor, {
        dtype: 'float32',
        shape: [1, 3, side, side],
        data: new Float32Array(3 * side * side),
      });
      const entry = Buffer.concat([nested(1, text('input')), nested(2, tensor.finish())]);
      return logged(6, nested(2, entry));
    };
    folder.write(warmUpFile, tfRecords([record(8)]));
    expect((await loadInRunner()).kind).toBe('done');
    folder.write(warmUpFile, tfRecords([record(8), record(9)]));
    expect(await loadInRunner()).toMatchObject({ kind: 'failed', error: { code: 'WARMUP_FAILED' } });
  });
});

/** What a runner in this process answers to a load of the folder. */
function loadInRunner(): Promise<FromRunner> {
  return new Promise((resolve) => {
    let tell: (batch: Batch<ToRunner>) => void = () => undefined;
    const port: RunnerPort = {
      send: (batch) => {
        for (const message of batch)
          if (message.kind === 'done' || message.kind === 'failed') resolve(message);
      },
      onMessage: (listener) => {
        tell = listener;
      },
      onClose: () => undefined,
    };
    serveRunner(
      port,
      {
        onnx: async () => createOnnxRunner,
        imaging: () => Promise.reject(new Error('not here')),
        batch: () => Promise.reject(new Error('not here')),
        tfjs: () => Promise.reject(new Error('not here')),
        'lookup-table': () => Promise.reject(new Error('not here')),
      },
      { giveWayForNow: () => () => undefined, giveWay: () => undefined, decodeBehind: () => undefined },
    );
    const messages: ToRunner[] = [
      { kind: 'start', platform: 'onnx' },
      { kind: 'request', id: 1, method: 'load', input: { folder: folder.path, options: {} } },
    ];
    tell(messages);
  });
}

test('T235: with 3 iterations each record is run three times', async () => {
  const { requests } = await replayed([logged(6, text('a')), logged(6, text('b'))], { requestIterations: 3 });
  expect(requests).toEqual(['predict:a', 'predict:a', 'predict:a', 'predict:b', 'predict:b', 'predict:b']);
});

test('warm-up that is switched off runs nothing', async () => {
  expect(await replayed([logged(6, text('bad'))], { isEnabled: false })).toEqual({
    error: undefined,
    read: undefined,
    madeUp: 0,
    requests: [],
  });
});

test('made-up inputs fit the signature; none are made of what is too large', () => {
  expect(
    madeInputs([
      { name: 'a', dtype: 'int64', shape: ['n', 2] },
      { name: 'b', dtype: 'string', shape: [1] },
    ]),
  ).toEqual({
    a: { dtype: 'int64', shape: [1, 2], data: new BigInt64Array(2) },
    b: { dtype: 'string', shape: [1], data: [''] },
  });
  expect(madeInputs([{ name: 'a', dtype: 'float32', shape: [100_000, 100_000] }])).toBeUndefined();
});

test('failing on made-up inputs is not the model’s fault', async () => {
  const told = await warmUp(
    folder.path,
    {},
    {
      replay: async () => undefined,
      makeUp: () => Promise.reject(new AppError('MODEL_RUN_FAILED')),
    },
  ).catch((thrown: unknown) => thrown);
  expect(told).toMatchObject({ records: 0 });
});

test('checksums are those of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});
