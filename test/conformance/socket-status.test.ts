import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOfCall } from '../support/grpc-client';
import { ask } from '../support/http-client';
import type { LocalEndpoints } from '../support/local-endpoints';
import { type RealServer, realServer } from '../support/real-server';
import { startServer, untilAvailable } from '../support/running-server';
import { addingModel } from '../support/small-models';

const body = '{"instances":[1,2]}';
const statusTypes = [
  'tensorflow.serving.GetModelStatusRequest',
  'tensorflow.serving.GetModelStatusResponse',
] as const;
const reloadTypes = [
  'tensorflow.serving.ReloadConfigRequest',
  'tensorflow.serving.ReloadConfigResponse',
] as const;
const predictTypes = ['tensorflow.serving.PredictRequest', 'tensorflow.serving.PredictResponse'] as const;
const available = (version: number) => ({
  version: String(version),
  state: 'AVAILABLE',
  status: { error_code: 'OK', error_message: '' },
});
/** The same over gRPC, where defaults are not sent. */
const availableOverGrpc = (version: number) => ({ ...available(version), status: {} });

let server: RealServer;
let usual: LocalEndpoints;
beforeAll(async () => {
  server = await realServer({ m: { 1: addingModel(1), 2: addingModel(2) }, 'm x': { 1: addingModel(1) } });
  usual = await server.listen({});
  await server.engine.models.setLabel('m', 'x', 1);
}, 120_000);
afterAll(() => server.close());

const statusOfCall = (spec: Record<string, unknown> | undefined) =>
  usual.call(
    '/tensorflow.serving.ModelService/GetModelStatus',
    statusTypes,
    spec ? { model_spec: spec } : {},
  );
const reload = (config: Record<string, unknown>) =>
  usual.call('/tensorflow.serving.ModelService/HandleReloadConfigRequest', reloadTypes, config);

describe('what is served', () => {
  test('T185: status without a spec is INVALID_ARGUMENT, of an unknown model or version NOT_FOUND, of one version one entry, of all descending', async () => {
    expect(await codeOfCall(statusOfCall(undefined))).toBe('INVALID_ARGUMENT');
    expect(await codeOfCall(statusOfCall({ name: 'other' }))).toBe('NOT_FOUND');
    expect(await codeOfCall(statusOfCall({ name: 'm', version: { value: 9 } }))).toBe('NOT_FOUND');
    expect(await statusOfCall({ name: 'm', version: { value: 1 } })).toEqual({
      model_version_status: [availableOverGrpc(1)],
    });
    expect(await statusOfCall({ name: 'm' })).toEqual({
      model_version_status: [availableOverGrpc(2), availableOverGrpc(1)],
    });
    for (const path of ['/v1/models/other', '/v1/models/m/versions/9'])
      expect((await usual.ask(path)).status).toBe(404);
    expect((await usual.ask('/v1/models/m/versions/1')).json()).toEqual({
      model_version_status: [available(1)],
    });
    expect((await usual.ask('/v1/models/m')).json()).toEqual({
      model_version_status: [available(2), available(1)],
    });
  });

  test('T217: the metadata is the signature, in the JSON of protocol buffers', async () => {
    const tensor = (name: string) => ({
      dtype: 'DT_FLOAT',
      name,
      tensor_shape: { dim: [{ size: '-1', name: 'batch' }], unknown_rank: false },
    });
    const serving_default = {
      inputs: { x: tensor('x') },
      outputs: { y: tensor('y') },
      method_name: 'tensorflow/serving/predict',
      defaults: {},
    };
    expect((await usual.ask('/v1/models/m/versions/1/metadata')).json()).toEqual({
      model_spec: { name: 'm', signature_name: '', version: '1' },
      metadata: { signature_def: { signature_def: { serving_default } } },
    });
  });
});

describe('which servable is asked', () => {
  test('T188: name, version and label are read from the path', async () => {
    for (const [path, answer] of [
      ['/v1/models/m:predict', [3, 4]],
      ['/v1/models/m/versions/1:predict', [2, 3]],
      ['/v1/models/m/labels/x:predict', [2, 3]],
      ['/V1/Models/m/Versions/1:predict', [2, 3]],
    ] as const)
      expect((await usual.ask(path, { body })).json()).toEqual({ predictions: answer });
  });

  test('T188: and from the model spec of a call', async () => {
    for (const [choice, version, values] of [
      [{}, '2', [3, 4]],
      [{ version: { value: 1 } }, '1', [2, 3]],
      [{ version_label: 'x' }, '1', [2, 3]],
    ] as const)
      expect(
        await usual.call('/tensorflow.serving.PredictionService/Predict', predictTypes, {
          model_spec: { name: 'm', ...choice },
          inputs: { x: { dtype: 'DT_FLOAT', tensor_shape: { dim: [{ size: 2 }] }, float_val: [1, 2] } },
        }),
      ).toMatchObject({
        model_spec: { name: 'm', version: { value: version } },
        outputs: { y: { float_val: values } },
      });
  });

  test('T189: a name is percent-decoded', async () => {
    expect((await usual.ask('/v1/models/m%20x')).json()).toEqual({ model_version_status: [available(1)] });
    expect((await usual.ask('/v1/models/m%20x:predict', { body })).json()).toEqual({ predictions: [2, 3] });
  });

  test.each([
    ['GET', '/v1/models/'],
    ['GET', '/v1/models/m/versions/a'],
    ['POST', '/v1/models/m:predict?x=1'],
    ['PUT', '/v1/models/m'],
  ])('T190: %s %s is a malformed request', async (method, path) => {
    const { status, json } = await usual.ask(path, { method });
    expect([status, json()]).toEqual([400, { error: `Malformed request: ${method} ${path}` }]);
  });

  test('T191: what is not under /v1/ is 404; unlike TensorFlow Serving, no name at all lists the models', async () => {
    expect((await usual.ask('/foo')).status).toBe(404);
    expect((await usual.ask('/v1/models')).json()).toMatchObject({
      models: [{ name: 'm', labels: { x: '1' } }, { name: 'm x' }],
    });
  });

  test('T192: an unknown model is 404 with the request that found nothing', async () => {
    const { status, json } = await usual.ask('/v1/models/other:predict', { body });
    expect([status, json()]).toEqual([404, { error: 'Servable not found for request: Latest(other)' }]);
  });
});

describe('the configuration', () => {
  test('T186: a reload with anything but a list of models is INVALID_ARGUMENT, and changes nothing', async () => {
    const custom = { custom_model_config: { type_url: 'x', value: Buffer.from('y') } };
    expect(await codeOfCall(reload({ config: custom }))).toBe('INVALID_ARGUMENT');
    expect(await codeOfCall(reload({}))).toBe('INVALID_ARGUMENT');
    expect(await statusOfCall({ name: 'm' })).toEqual({
      model_version_status: [availableOverGrpc(2), availableOverGrpc(1)],
    });
  });

  test('T187: an edited file is applied when it is polled, and not when it is not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-polled-'));
    const base = resolve(import.meta.dirname, '../../app/resources/samples/models/fashion-mnist');
    const path = join(folder, 'models.config');
    const write = (...names: string[]): void => {
      const models = names.map(
        (it) => `config { name: "${it}" base_path: ${JSON.stringify(base)} model_platform: "tensorflow" }`,
      );
      writeFileSync(`${path}.new`, `model_config_list { ${models.join('\n')} }`);
      renameSync(`${path}.new`, path);
    };
    write('one');
    const running = await Promise.all(
      [0.1, 0].map((seconds) =>
        startServer([`--model_config_file=${path}`, `--model_config_file_poll_wait_seconds=${seconds}`]),
      ),
    );
    try {
      await Promise.all(running.map((it) => untilAvailable(it, 'one', 3)));
      write('one', 'two');
      const [polling, other] = running;
      if (!polling || !other) throw new Error('two servers were started');
      await untilAvailable(polling, 'two', 3);
      expect((await ask(polling.restPort, '/v1/models/two')).json()).toEqual({
        model_version_status: [available(3)],
      });
      expect((await ask(other.restPort, '/v1/models/two')).status).toBe(404);
    } finally {
      await Promise.all(running.map((it) => it.stop()));
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
