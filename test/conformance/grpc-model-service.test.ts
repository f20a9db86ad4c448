import { expect, test } from 'vitest';
import { aModel, FakeInferencePort, portVersion } from '../support/fake-inference-port';
import { codeOfCall, grpcWorld } from '../support/grpc-client';

const getStatus = '/tensorflow.serving.ModelService/GetModelStatus';
const statusTypes = [
  'tensorflow.serving.GetModelStatusRequest',
  'tensorflow.serving.GetModelStatusResponse',
] as const;
const reload = '/tensorflow.serving.ModelService/HandleReloadConfigRequest';
const reloadTypes = [
  'tensorflow.serving.ReloadConfigRequest',
  'tensorflow.serving.ReloadConfigResponse',
] as const;

test('T185: status without a spec is INVALID_ARGUMENT, of an unknown model or version NOT_FOUND, of one version one entry, of all descending', async () => {
  const failed = portVersion(1, {
    state: 'END',
    error: { status: 'RESOURCE_EXHAUSTED', message: 'too large' },
  });
  const { call } = await grpcWorld({
    port: new FakeInferencePort([aModel('m', [], { versions: [portVersion(2), failed] })]),
  });
  const ask = (spec: Record<string, unknown> | undefined) =>
    call(getStatus, statusTypes, spec ? { model_spec: spec } : {});
  expect(await codeOfCall(ask(undefined))).toBe('INVALID_ARGUMENT');
  expect(await codeOfCall(ask({ name: '' }))).toBe('INVALID_ARGUMENT');
  expect(await codeOfCall(ask({ name: 'other' }))).toBe('NOT_FOUND');
  expect(await codeOfCall(ask({ name: 'm', version: { value: 9 } }))).toBe('NOT_FOUND');
  const ended = {
    version: '1',
    state: 'END',
    status: { error_code: 'RESOURCE_EXHAUSTED', error_message: 'too large' },
  };
  expect(await ask({ name: 'm', version: { value: 1 } })).toEqual({ model_version_status: [ended] });
  expect(await ask({ name: 'm' })).toMatchObject({
    model_version_status: [{ version: '2', state: 'AVAILABLE' }, ended],
  });
});

test('T186: a reload with anything but a list of models is INVALID_ARGUMENT, and changes nothing', async () => {
  const { call, port } = await grpcWorld();
  const custom = { config: { custom_model_config: { type_url: 'x', value: Buffer.from('y') } } };
  expect(await codeOfCall(call(reload, reloadTypes, custom))).toBe('INVALID_ARGUMENT');
  expect(await codeOfCall(call(reload, reloadTypes, {}))).toBe('INVALID_ARGUMENT');
  const model = { name: 'm', base_path: '/m' };
  for (const platforms of [{}, { model_platform: 'onnx', model_type: 'TENSORFLOW' }]) {
    const config = { model_config_list: { config: [{ ...model, ...platforms }] } };
    expect(await codeOfCall(call(reload, reloadTypes, { config }))).toBe('INVALID_ARGUMENT');
  }
  expect(port.reloads).toEqual([]);
});

test('a reload hands over the whole list, with policies and labels', async () => {
  const { call, port } = await grpcWorld();
  const policies = [
    undefined,
    { latest: { num_versions: 2 } },
    { all: {} },
    { specific: { versions: [1, 3] } },
  ];
  const config = policies.map((policy, index) => ({
    name: `m${index}`,
    base_path: `/models/${index}`,
    model_platform: 'onnx',
    ...(policy ? { model_version_policy: policy } : {}),
    version_labels: { stable: index },
  }));
  const message = {
    config: { model_config_list: { config } },
    metric_names: ['/tensorflow/serving/request_count'],
  };
  expect(await call(reload, reloadTypes, message)).toEqual({
    status: {},
    metric: [{ name: '/tensorflow/serving/request_count', int64_value_increase: '0' }],
  });
  expect(port.reloads[0]?.map(({ policy }) => policy)).toEqual([
    { kind: 'latest', count: 1 },
    { kind: 'latest', count: 2 },
    { kind: 'all' },
    { kind: 'specific', versions: [1, 3] },
  ]);
  expect(port.reloads[0]?.[1]).toMatchObject({
    name: 'm1',
    basePath: '/models/1',
    platform: 'onnx',
    labels: { stable: 1 },
  });
});
