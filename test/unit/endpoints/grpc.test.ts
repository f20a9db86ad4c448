import { connect, type Socket } from 'node:net';
import { type ServiceError, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { statusCodes } from '../../../app/base/status';
import { createTokenGate } from '../../../main/endpoints/auth/gate';
import { TokenStore } from '../../../main/endpoints/auth/token-store';
import { aModel, FakeInferencePort, portVersion } from '../../support/fake-inference-port';
import { callOnce, codeOfCall, grpcWorld } from '../../support/grpc-client';
import { decode, encode } from '../../support/proto-client';
import { takeUnexpected } from '../../support/setup';

const tf = 'tensorflow.serving';
const predictPath = '/tensorflow.serving.PredictionService/Predict';
const predictTypes = [`${tf}.PredictRequest`, `${tf}.PredictResponse`] as const;
const x = { dtype: 1, tensor_shape: { dim: [{ size: 2 }] }, float_val: [1, 2] };
const predict = (spec: Record<string, unknown> = { name: 'm' }) => ({ model_spec: spec, inputs: { x } });
const oip = '/inference.GRPCInferenceService';
const inferTypes = ['inference.ModelInferRequest', 'inference.ModelInferResponse'] as const;
const infer = {
  model_name: 'm',
  id: '7',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [2], contents: { fp32_contents: [1, 2] } }],
};

describe('PredictionService', () => {
  test('Predict goes to the version, label or latest that the spec names, and answers with what served it', async () => {
    const labelled = aModel('m', [2, 1], { labels: [{ label: 'x', version: 1 }] });
    const { call, port, records } = await grpcWorld({ port: new FakeInferencePort([labelled]) });
    const answer = await call(predictPath, predictTypes, predict());
    expect(answer).toEqual({
      outputs: { y: { dtype: 'DT_FLOAT', tensor_shape: { dim: [{ size: '2' }] }, float_val: [3, 4] } },
      model_spec: { name: 'm', version: { value: '2' }, signature_name: 'serving_default' },
    });
    await call(predictPath, predictTypes, predict({ name: 'm', version: { value: 1 } }));
    await call(predictPath, predictTypes, predict({ name: 'm', version_label: 'x' }));
    expect(port.requests.map(({ version }) => version)).toEqual(['latest', { version: 1 }, { label: 'x' }]);
    expect(records[0]).toMatchObject({
      entrypoint: 'GRPC',
      api: 'Predict',
      model: 'm',
      version: 2,
      status: 'OK',
      exampleCount: 2,
    });
  });

  test('what is not there, or not sent, has its code', async () => {
    const { call } = await grpcWorld();
    const code = (message: Record<string, unknown>) => codeOfCall(call(predictPath, predictTypes, message));
    expect(await code({ inputs: { x } })).toBe('INVALID_ARGUMENT');
    expect(await code(predict({ name: '' }))).toBe('INVALID_ARGUMENT');
    expect(await code(predict({ name: 'other' }))).toBe('NOT_FOUND');
    expect(await code(predict({ name: 'm', version: { value: 9 } }))).toBe('NOT_FOUND');
    expect(await code(predict({ name: 'm', version: { value: -1 } }))).toBe('NOT_FOUND');
    expect(await code(predict({ name: 'm', version_label: 'y' }))).toBe('INVALID_ARGUMENT');
    expect(await code(predict({ name: 'm', signature_name: 'z' }))).toBe('FAILED_PRECONDITION');
    expect(await code({ model_spec: { name: 'm' }, inputs: { z: x } })).toBe('INVALID_ARGUMENT');
    expect(
      await codeOfCall(call('/tensorflow.serving.SessionService/SessionRun', predictTypes, predict())),
    ).toBe('UNIMPLEMENTED');
  });

  test('every failure keeps its code, and a long message is cut', async () => {
    const { call, port } = await grpcWorld();
    for (const status of statusCodes.filter((code) => code !== 'OK' && code !== 'INTERNAL')) {
      port.before = () =>
        Promise.reject(new AppError('INVALID_ARGUMENT', {}, { status, detail: 'a'.repeat(2_000) }));
      const failure = await call(predictPath, predictTypes, predict()).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: statusCodes.indexOf(status),
        details: `${'a'.repeat(1024)}...TRUNCATED`,
      });
    }
    port.before = () => Promise.reject(new Error('secret path'));
    expect(await call(predictPath, predictTypes, predict()).catch((error: unknown) => error)).toMatchObject({
      details: 'Internal error',
    });
    expect(takeUnexpected()).toHaveLength(1);
  });

  test('the client’s deadline goes along, and when it has left the signal says so', async () => {
    const { call, port } = await grpcWorld();
    const deadline = new Date(Date.now() + 5_000);
    await call(predictPath, predictTypes, predict(), {}, deadline);
    expect(Math.abs((port.requests[0]?.deadlineAtMs ?? 0) - deadline.getTime())).toBeLessThan(1_000);
    const aborted = new Promise<void>((resolve) => {
      port.before = (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            resolve();
            reject(new AppError('CANCELLED'));
          });
        });
    });
    expect(await codeOfCall(call(predictPath, predictTypes, predict(), {}, new Date(Date.now() + 50)))).toBe(
      'DEADLINE_EXCEEDED',
    );
    await aborted;
  });

  test('Classify, Regress and MultiInference reach the model', async () => {
    const { call } = await grpcWorld();
    const input = {
      example_list: { examples: [{ features: { feature: { x: { float_list: { value: [5] } } } } }] },
    };
    const service = '/tensorflow.serving.PredictionService';
    const classified = await call(
      `${service}/Classify`,
      [`${tf}.ClassificationRequest`, `${tf}.ClassificationResponse`],
      { model_spec: { name: 'm' }, input },
    );
    expect(classified).toMatchObject({
      result: { classifications: [{ classes: [{ label: 'only', score: 7 }] }] },
    });
    const regressed = await call(
      `${service}/Regress`,
      [`${tf}.RegressionRequest`, `${tf}.RegressionResponse`],
      { model_spec: { name: 'm' }, input },
    );
    expect(regressed).toMatchObject({
      result: { regressions: [{ value: 7 }] },
      model_spec: { version: { value: '2' } },
    });
    const tasks = [
      { model_spec: { name: 'm', version: { value: 1 } }, method_name: 'tensorflow/serving/regress' },
    ];
    const multi = await call(
      `${service}/MultiInference`,
      [`${tf}.MultiInferenceRequest`, `${tf}.MultiInferenceResponse`],
      { tasks, input },
    );
    expect(multi).toMatchObject({
      results: [
        { regression_result: { regressions: [{ value: 6 }] }, model_spec: { version: { value: '1' } } },
      ],
    });
  });

  test('GetModelMetadata answers the signature as an Any, and refuses other fields', async () => {
    const { call } = await grpcWorld();
    const path = '/tensorflow.serving.PredictionService/GetModelMetadata';
    const types = [`${tf}.GetModelMetadataRequest`, `${tf}.GetModelMetadataResponse`] as const;
    const ask = (metadata_field: string[], name = 'm') =>
      call(path, types, { model_spec: { name }, metadata_field });
    const { metadata, model_spec } = (await ask(['signature_def'])) as {
      metadata: Record<string, { type_url: string; value: Buffer }>;
      model_spec: unknown;
    };
    expect(model_spec).toEqual({ name: 'm', version: { value: '2' } });
    expect(metadata['signature_def']?.type_url).toBe(
      'type.googleapis.com/tensorflow.serving.SignatureDefMap',
    );
    expect(
      decode(`${tf}.SignatureDefMap`, metadata['signature_def']?.value ?? Buffer.alloc(0)),
    ).toMatchObject({
      signature_def: {
        serving_default: {
          inputs: {
            x: { name: 'x', dtype: 'DT_FLOAT', tensor_shape: { dim: [{ size: '-1', name: 'batch' }] } },
          },
          method_name: 'tensorflow/serving/predict',
        },
      },
    });
    expect(await codeOfCall(ask([]))).toBe('INVALID_ARGUMENT');
    expect(await codeOfCall(ask(['other']))).toBe('INVALID_ARGUMENT');
    expect(await codeOfCall(ask(['signature_def'], 'other'))).toBe('NOT_FOUND');
  });
});

describe('GRPCInferenceService', () => {
  test('ModelInfer goes to the version that it names', async () => {
    const { call } = await grpcWorld();
    expect(await call(`${oip}/ModelInfer`, inferTypes, infer)).toEqual({
      model_name: 'm',
      model_version: '2',
      id: '7',
      outputs: [{ name: 'y', datatype: 'FP32', shape: ['2'], contents: { fp32_contents: [3, 4] } }],
    });
    expect(await call(`${oip}/ModelInfer`, inferTypes, { ...infer, model_version: '1' })).toMatchObject({
      model_version: '1',
    });
    expect(await codeOfCall(call(`${oip}/ModelInfer`, inferTypes, { ...infer, model_version: '9' }))).toBe(
      'NOT_FOUND',
    );
    expect(await codeOfCall(call(`${oip}/ModelInfer`, inferTypes, { ...infer, model_version: 'a' }))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('a label stands where a version does', async () => {
    const labelled = aModel('m', [2, 1], { labels: [{ label: 'stable', version: 1 }] });
    const { call } = await grpcWorld({ port: new FakeInferencePort([labelled]) });
    const ask = (method: string, version: string) =>
      call(`${oip}/${method}`, [`inference.${method}Request`, `inference.${method}Response`], {
        name: 'm',
        version,
      });
    expect(await call(`${oip}/ModelInfer`, inferTypes, { ...infer, model_version: 'stable' })).toMatchObject({
      model_version: '1',
    });
    expect(await ask('ModelReady', 'stable')).toEqual({ ready: true });
    expect(await ask('ModelMetadata', 'stable')).toMatchObject({ name: 'm' });
    expect(await codeOfCall(ask('ModelReady', 'beta'))).toBe('INVALID_ARGUMENT');
  });

  test('every extension that is announced is there', async () => {
    const { call } = await grpcWorld();
    const ask = (method: string, message: Record<string, unknown> = {}) =>
      call(`${oip}/${method}`, [`inference.${method}Request`, `inference.${method}Response`], message);
    const methods: Readonly<Record<string, readonly string[]>> = {
      model_configuration: ['ModelConfig'],
      model_repository: ['RepositoryIndex', 'RepositoryModelLoad', 'RepositoryModelUnload'],
      statistics: ['ModelStatistics'],
    };
    const { extensions } = await ask('ServerMetadata');
    for (const extension of extensions as string[])
      for (const method of methods[extension] ?? [])
        expect(await codeOfCall(ask(method, { name: 'm', model_name: 'm' }))).toBe('OK');
    expect(extensions).toEqual(expect.arrayContaining(Object.keys(methods)));
  });

  test('statistics and configuration say the same as over HTTP', async () => {
    const versions = [portVersion(2), portVersion(1, { batches: [] })];
    const { call, port } = await grpcWorld({ port: new FakeInferencePort([aModel('m', [], { versions })]) });
    const ask = (method: string, message: Record<string, unknown>) =>
      call(`${oip}/${method}`, [`inference.${method}Request`, `inference.${method}Response`], message);
    await call(`${oip}/ModelInfer`, inferTypes, infer);
    const all = await ask('ModelStatistics', { name: 'm' });
    expect(all).toMatchObject({
      model_stats: [
        {
          name: 'm',
          version: '2',
          inference_count: '2',
          execution_count: '12',
          inference_stats: { success: { count: '1' }, compute_infer: { count: '1', ns: '2000000' } },
          batch_stats: [{ batch_size: '8', compute_infer: { count: '12', ns: '30000000' } }],
          memory_usage: [{ type: 'CPU', byte_size: '1000000' }],
        },
        { version: '1' },
      ],
    });
    expect(await ask('ModelStatistics', {})).toEqual(all);
    expect((await ask('ModelStatistics', { name: 'm', version: '1' }))['model_stats']).toHaveLength(1);
    expect(await codeOfCall(ask('ModelStatistics', { name: 'other' }))).toBe('NOT_FOUND');
    port.batching = { source: 'measured', maxBatchSize: 8, batchTimeoutMicros: 500 };
    expect(await ask('ModelConfig', { name: 'm', version: '1' })).toEqual({
      config: {
        name: 'm',
        platform: 'onnx_onnxv1',
        max_batch_size: 8,
        input: [{ name: 'x', data_type: 'TYPE_FP32' }],
        output: [{ name: 'y', data_type: 'TYPE_FP32' }],
        instance_group: [{ kind: 'KIND_CPU', count: 1 }],
        dynamic_batching: { max_queue_delay_microseconds: '500' },
      },
    });
    expect(await codeOfCall(ask('ModelConfig', { name: 'm', version: '9' }))).toBe('NOT_FOUND');
  });

  test('server and models are described, listed, loaded and unloaded', async () => {
    const { call, port } = await grpcWorld();
    const ask = (method: string, message: Record<string, unknown> = {}) =>
      call(`${oip}/${method}`, [`inference.${method}Request`, `inference.${method}Response`], message);
    expect(await ask('ServerLive')).toEqual({ live: true });
    expect(await ask('ServerReady')).toEqual({ ready: true });
    expect(await ask('ModelReady', { name: 'm' })).toEqual({ ready: true });
    expect(await codeOfCall(ask('ModelReady', { name: 'm', version: '9' }))).toBe('NOT_FOUND');
    expect(await ask('ServerMetadata')).toMatchObject({ name: 'slipway', version: '1' });
    expect(await ask('ModelMetadata', { name: 'm' })).toMatchObject({
      versions: ['2', '1'],
      inputs: [{ name: 'x', datatype: 'FP32', shape: ['-1'] }],
    });
    expect(await ask('RepositoryIndex', { ready: true })).toMatchObject({
      models: [{ name: 'm', version: '2', state: 'READY' }, { version: '1' }],
    });
    expect(await ask('RepositoryModelLoad', { model_name: 'm' })).toEqual({});
    expect(
      await ask('RepositoryModelUnload', {
        model_name: 'm',
        parameters: { unload_dependents: { bool_param: true } },
      }),
    ).toEqual({});
    expect(
      await codeOfCall(
        ask('RepositoryModelLoad', { model_name: 'm', parameters: { config: { string_param: '{}' } } }),
      ),
    ).toBe('UNIMPLEMENTED');
    expect(await codeOfCall(ask('RepositoryModelLoad', { model_name: 'other' }))).toBe('NOT_FOUND');
    expect(port.commands).toEqual(['load m', 'unload m']);
  });

  test('a stream answers in order, and a failure in it does not end it', async () => {
    const { stream } = await grpcWorld();
    const answers: Record<string, unknown>[] = [];
    await new Promise<void>((resolve, reject) => {
      const opened = stream(`${oip}/ModelStreamInfer`);
      opened.on('data', (bytes: Buffer) => answers.push(decode('inference.ModelStreamInferResponse', bytes)));
      opened.on('end', resolve);
      opened.on('error', reject);
      for (const [id, model_name] of [
        ['1', 'm'],
        ['2', 'other'],
        ['3', 'm'],
      ])
        opened.write(Buffer.from(encode('inference.ModelInferRequest', { ...infer, id, model_name })));
      opened.end();
    });
    expect(answers).toMatchObject([
      { infer_response: { id: '1', model_version: '2' } },
      { error_message: 'Servable not found for request: Latest(other)' },
      { infer_response: { id: '3' } },
    ]);
  });
});

describe('health and reflection', () => {
  const healthTypes = ['grpc.health.v1.HealthCheckRequest', 'grpc.health.v1.HealthCheckResponse'] as const;

  test('Check answers for the server, its services and its models', async () => {
    const loading = aModel('l', [], { versions: [portVersion(1, { state: 'LOADING' })] });
    let isReady = true;
    const { call } = await grpcWorld({
      port: new FakeInferencePort([aModel('m', [1]), loading]),
      isReady: () => isReady,
    });
    const check = (service: string) => call('/grpc.health.v1.Health/Check', healthTypes, { service });
    for (const service of ['', 'tensorflow.serving.PredictionService', 'm'])
      expect(await check(service)).toEqual({ status: 'SERVING' });
    expect(await check('l')).toEqual({ status: 'NOT_SERVING' });
    expect(await codeOfCall(check('nobody'))).toBe('NOT_FOUND');
    isReady = false;
    expect(await check('')).toEqual({ status: 'NOT_SERVING' });
  });

  test('where tokens are needed, it tells of no model: whoever asks shows none', async () => {
    const { call } = await grpcWorld({ isHealthOfModelsTold: false });
    const check = (service: string) => call('/grpc.health.v1.Health/Check', healthTypes, { service });
    expect(await check('grpc.health.v1.Health')).toEqual({ status: 'SERVING' });
    expect(await codeOfCall(check('m'))).toBe('NOT_FOUND');
  });

  test('Watch tells every change of status, once', async () => {
    const { feed, port } = await grpcWorld({ port: new FakeInferencePort([]) });
    const watching = feed('/grpc.health.v1.Health/Watch', healthTypes[0], { service: 'm' });
    const said: unknown[] = [];
    watching.on('data', (bytes: Buffer) => said.push(decode(healthTypes[1], bytes)['status']));
    watching.on('error', () => undefined);
    await expect.poll(() => said).toEqual(['SERVICE_UNKNOWN']);
    port.served = [aModel('m', [1])];
    port.served = [aModel('m', [1])];
    await expect.poll(() => said).toEqual(['SERVICE_UNKNOWN', 'SERVING']);
    port.served = [aModel('m', [])];
    await expect.poll(() => said).toEqual(['SERVICE_UNKNOWN', 'SERVING', 'NOT_SERVING']);
    watching.cancel();
  });

  test.each(['v1', 'v1alpha'])(
    '%s reflection lists the services and describes them in full',
    async (version) => {
      const { stream } = await grpcWorld();
      const ask = (request: Record<string, unknown>) =>
        new Promise<Record<string, unknown>>((resolve, reject) => {
          const opened = stream(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);
          opened.on('data', (bytes: Buffer) =>
            resolve(decode('grpc.reflection.v1.ServerReflectionResponse', bytes)),
          );
          opened.on('error', reject);
          opened.end(Buffer.from(encode('grpc.reflection.v1.ServerReflectionRequest', request)));
        });
      const { list_services_response: list } = await ask({ list_services: '' });
      expect(list).toMatchObject({
        service: expect.arrayContaining([
          { name: 'tensorflow.serving.PredictionService' },
          { name: 'grpc.health.v1.Health' },
        ]),
      });
      const itself = await ask({ file_containing_symbol: `grpc.reflection.${version}.ServerReflection` });
      expect(itself['error_response']).toBeFalsy();
      const { file_descriptor_response: found } = (await ask({
        file_containing_symbol: 'tensorflow.serving.PredictionService',
      })) as {
        file_descriptor_response: { file_descriptor_proto: Buffer[] };
      };
      const files = found.file_descriptor_proto.map((bytes) => descriptor.FileDescriptorProto.decode(bytes));
      const root = protobuf.Root.fromDescriptor(
        descriptor.FileDescriptorSet.encode({ file: files }).finish(),
      );
      root.resolveAll();
      const request = root.lookupType(`${tf}.PredictRequest`);
      const bytes = encode(`${tf}.PredictRequest`, {
        model_spec: { name: 'm', version: { value: 3 } },
        inputs: { x },
        output_filter: ['y'],
      });
      expect(request.toObject(request.decode(bytes), { longs: String, enums: String })).toEqual({
        modelSpec: { name: 'm', version: { value: '3' } },
        inputs: { x: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '2' }] }, floatVal: [1, 2] } },
        outputFilter: ['y'],
      });
      expect(root.lookupService(`${tf}.PredictionService`).methodsArray.map(({ name }) => name)).toEqual([
        'Classify',
        'Regress',
        'Predict',
        'MultiInference',
        'GetModelMetadata',
      ]);
      expect(await ask({ file_by_filename: 'tensorflow.proto' })).toHaveProperty('file_descriptor_response');
      expect(await ask({ file_containing_symbol: 'no.Such' })).toMatchObject({
        error_response: { error_code: 5 },
      });
      expect(await ask({ file_containing_extension: {} })).toMatchObject({
        error_response: { error_code: 12 },
      });
    },
  );
});

describe('limits and tokens', () => {
  test('a token is needed where one is asked for, with the scope of the call', async () => {
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const { token } = await tokens.create('reader', ['read'], 0);
    const { call, records } = await grpcWorld({ gate: createTokenGate(tokens) });
    const bearer = { authorization: `Bearer ${token}` };
    expect(await codeOfCall(call(predictPath, predictTypes, predict()))).toBe('UNAUTHENTICATED');
    expect(await codeOfCall(call(predictPath, predictTypes, predict(), bearer))).toBe('PERMISSION_DENIED');
    expect(records.map(({ caller, status }) => [caller, status])).toEqual([
      [null, 'UNAUTHENTICATED'],
      ['reader', 'PERMISSION_DENIED'],
    ]);
    expect(
      await codeOfCall(
        call(
          `${oip}/ServerMetadata`,
          ['inference.ServerMetadataRequest', 'inference.ServerMetadataResponse'],
          {},
          bearer,
        ),
      ),
    ).toBe('OK');
    expect(
      await codeOfCall(
        call(`${oip}/ServerLive`, ['inference.ServerLiveRequest', 'inference.ServerLiveResponse'], {}),
      ),
    ).toBe('OK');
  });

  test('a message over the cap is refused and does not reach the model', async () => {
    const { call, port } = await grpcWorld({ limits: { maxBodyBytes: 1_000 } });
    const large = {
      model_spec: { name: 'm' },
      inputs: { x: { ...x, float_val: Array.from({ length: 1_000 }, () => 1) } },
    };
    expect(await codeOfCall(call(predictPath, predictTypes, large))).toBe('RESOURCE_EXHAUSTED');
    expect(port.requests).toEqual([]);
  });

  test('connections beyond the limit are refused', async () => {
    const { number, call } = await grpcWorld({ limits: { maxConnections: 3 } });
    const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const open = Array.from({ length: 5 }, () => connect(number, '127.0.0.1').on('error', () => undefined));
    let isHungUp = 0;
    for (const socket of open) void closed(socket).then(() => isHungUp++);
    await expect.poll(() => isHungUp).toBe(2);
    for (const socket of open) socket.destroy();
    await expect.poll(() => isHungUp).toBe(5);
    await expect.poll(() => codeOfCall(call(predictPath, predictTypes, predict()))).toBe('OK');
  });

  test('closing tells those who watch or stream, and waits for neither', async () => {
    const { feed, stream, endpoint } = await grpcWorld();
    const watching = feed('/grpc.health.v1.Health/Watch', 'grpc.health.v1.HealthCheckRequest', {
      service: 'm',
    });
    const said: unknown[] = [];
    watching.on('data', (bytes: Buffer) =>
      said.push(decode('grpc.health.v1.HealthCheckResponse', bytes)['status']),
    );
    const ended = new Promise<void>((resolve) => watching.on('end', () => resolve()));
    await expect.poll(() => said).toEqual(['SERVING']);
    const opened = stream(`${oip}/ModelStreamInfer`);
    const answered = new Promise((resolve) => opened.once('data', resolve));
    const failed = new Promise<ServiceError>((resolve) =>
      opened.on('error', (error: ServiceError) => resolve(error)),
    );
    opened.write(Buffer.from(encode('inference.ModelInferRequest', { model_name: 'other' })));
    await answered;
    const startedAt = performance.now();
    await endpoint.close(60_000);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await ended;
    expect(said).toEqual(['SERVING', 'NOT_SERVING']);
    expect((await failed).code).toBe(status.UNAVAILABLE);
  });

  test('closing answers what was sent before, on connections old and new', async () => {
    const { call, number, endpoint } = await grpcWorld();
    await call(predictPath, predictTypes, predict());
    const answers = Array.from({ length: 10 }, () => call(predictPath, predictTypes, predict()));
    const another = callOnce(`127.0.0.1:${number}`, predictPath, predictTypes, predict());
    const closed = endpoint.close(10_000);
    for (const answer of [...answers, another]) expect(await codeOfCall(answer)).toBe('OK');
    await closed;
  });

  test('closing lets what is in flight finish', async () => {
    const { call, port, endpoint } = await grpcWorld();
    let release: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      port.before = () => {
        resolve();
        return new Promise((go) => {
          release = go;
        });
      };
    });
    const answer = call(predictPath, predictTypes, predict());
    await started;
    const closed = endpoint.close(10_000);
    release();
    expect(await codeOfCall(answer)).toBe('OK');
    await closed;
  });
});
