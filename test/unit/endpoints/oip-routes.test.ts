import { describe, expect, test } from 'vitest';
import { aModel, FakeInferencePort, portVersion } from '../../support/fake-inference-port';
import { httpWorld } from '../../support/http-world';

const inputs = [{ name: 'x', shape: [2], datatype: 'FP32', data: [1, 2] }];
const infer = JSON.stringify({ id: '7', inputs });

describe('Open Inference Protocol over HTTP', () => {
  test('the server names itself and only what it implements', async () => {
    const { json } = await (await httpWorld()).ask('/v2');
    expect(json()).toMatchObject({
      name: 'slipway',
      extensions: expect.arrayContaining(['binary_tensor_data', 'statistics']),
    });
    expect(JSON.stringify(json())).not.toMatch(/shared_memory|sequence|trace/);
  });

  test('pitfall: readiness is told under both keys', async () => {
    const world = await httpWorld();
    expect((await world.ask('/v2/health/live')).json()).toEqual({ live: true });
    expect((await world.ask('/v2/health/ready')).json()).toEqual({ live: true, ready: true });
  });

  test('a model is ready when a version of it answers', async () => {
    const loading = aModel('l', [], { versions: [portVersion(1, { state: 'LOADING' })] });
    const world = await httpWorld({ port: new FakeInferencePort([aModel('m', [2, 1]), loading]) });
    const ready = async (path: string) => {
      const { status, json } = await world.ask(`/v2/models/${path}/ready`);
      return [status, json()];
    };
    expect(await ready('m')).toEqual([200, { name: 'm', ready: true }]);
    expect(await ready('m/versions/1')).toEqual([200, { name: 'm', ready: true }]);
    expect(await ready('m/versions/9')).toEqual([
      404,
      { error: "Request for unknown model: 'm' version 9 is not found" },
    ]);
    expect(await ready('l')).toEqual([503, { name: 'l', ready: false }]);
    expect(await ready('l/versions/1')).toEqual([503, { name: 'l', ready: false }]);
    expect((await ready('other'))[0]).toBe(404);
  });

  test('pitfall: versions may be absent from a URL, and an unknown one is 404', async () => {
    const world = await httpWorld();
    const answerOf = async (path: string) => (await world.ask(path, { body: infer })).json();
    expect(await answerOf('/v2/models/m/infer')).toEqual({
      model_name: 'm',
      model_version: '2',
      id: '7',
      outputs: [{ name: 'y', datatype: 'FP32', shape: [2], data: [3, 4] }],
    });
    expect(await answerOf('/v2/models/m/versions/1/infer')).toMatchObject({
      model_version: '1',
      outputs: [{ data: [2, 3] }],
    });
    expect((await world.ask('/v2/models/m/versions/9/infer', { body: infer })).status).toBe(404);
    expect((await world.ask('/v2/models/other/infer', { body: infer })).status).toBe(404);
    expect((await world.ask('/v2/models/m/versions/a/infer', { body: infer })).status).toBe(400);
    expect((await world.ask('/v2/models/m/versions/9')).status).toBe(404);
  });

  test('another method than the protocol’s is told which one it is', async () => {
    const world = await httpWorld();
    for (const [method, path, allowed] of [
      ['GET', '/v2/models/m/infer', 'POST'],
      ['GET', '/v2/repository/models/m/unload', 'POST'],
      ['POST', '/v2/models/m', 'GET'],
      ['DELETE', '/v2/models/m/ready', 'GET'],
    ] as const) {
      const { status, headers } = await world.ask(path, { method });
      expect([status, headers.allow]).toEqual([405, allowed]);
    }
    expect((await world.ask('/v2/nothing')).status).toBe(404);
  });

  test('what follows the JSON is refused, and so is a control body that is far too large', async () => {
    const world = await httpWorld();
    const path = '/v2/models/m/infer';
    expect((await world.ask(path, { body: `${infer} \n` })).status).toBe(200);
    expect((await world.ask(path, { body: `${infer} x` })).status).toBe(400);
    expect((await world.ask('/v2/repository/index', { body: `{"a":"${'x'.repeat(100_000)}"}` })).status).toBe(
      413,
    );
  });

  test('a label stands where a version does', async () => {
    const labels = [
      { label: 'stable', version: 1 },
      { label: 'next', version: 3, pendingVersion: 3 },
    ];
    const world = await httpWorld({ port: new FakeInferencePort([aModel('m', [2, 1], { labels })]) });
    const at = '/v2/models/m/versions';
    expect((await world.ask(`${at}/stable/infer`, { body: infer })).json()).toMatchObject({
      model_version: '1',
    });
    expect((await world.ask(`${at}/stable/ready`)).json()).toEqual({ name: 'm', ready: true });
    expect((await world.ask(`${at}/stable/stats`)).json()).toMatchObject({
      model_stats: [{ name: 'm', version: '1' }],
    });
    expect((await world.ask(`${at}/stable`)).status).toBe(200);
    expect((await world.ask(`${at}/stable/config`)).status).toBe(200);
    expect(await world.ask(`${at}/next/ready`)).toMatchObject({ status: 503 });
    expect((await world.ask(`${at}/next/infer`, { body: infer })).status).toBe(404);
    for (const path of ['beta/ready', 'beta/infer', 'a:b/ready', '1234567890123456/ready'])
      expect(
        (await world.ask(`${at}/${path}`, path.endsWith('infer') ? { body: infer } : {})).status,
        path,
      ).toBe(400);
  });

  test('binary tensors travel with their header, both ways', async () => {
    const world = await httpWorld();
    const head = JSON.stringify({
      inputs: [{ name: 'x', shape: [2], datatype: 'FP32', parameters: { binary_data_size: 8 } }],
      parameters: { binary_data_output: true },
    });
    const body = Buffer.concat([Buffer.from(head), Buffer.from(Float32Array.of(1, 2).buffer)]);
    const headers = { 'inference-header-content-length': String(head.length) };
    const answer = await world.ask('/v2/models/m/infer', { body, headers });
    const length = Number(answer.headers['inference-header-content-length']);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(JSON.parse(answer.body.subarray(0, length).toString()).outputs[0].parameters).toEqual({
      binary_data_size: 8,
    });
    expect(new Float32Array(Uint8Array.from(answer.body.subarray(length)).buffer)).toEqual(
      Float32Array.of(3, 4),
    );
  });

  test('pitfall: a header length beyond the body, or none at all, is 400', async () => {
    const world = await httpWorld();
    for (const length of ['5000', '-1', 'x', ''])
      expect(
        (
          await world.ask('/v2/models/m/infer', {
            body: infer,
            headers: { 'inference-header-content-length': length },
          })
        ).status,
      ).toBe(400);
  });

  test('metadata and configuration describe the version that answers', async () => {
    const world = await httpWorld();
    expect((await world.ask('/v2/models/m')).json()).toEqual({
      name: 'm',
      versions: ['2', '1'],
      platform: 'onnx_onnxv1',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1] }],
    });
    expect((await world.ask('/v2/models/m/versions/1/config')).json()).toMatchObject({
      name: 'm',
      max_batch_size: 0,
      input: [{ data_type: 'TYPE_FP32', dims: [-1] }],
    });
    world.port.batching = { source: 'set', maxBatchSize: 8, batchTimeoutMicros: 500 };
    expect((await world.ask('/v2/models/m/config')).json()).toMatchObject({
      max_batch_size: 8,
      input: [{ dims: [] }],
      dynamic_batching: { max_queue_delay_microseconds: 500 },
    });
  });

  test('the repository is listed, and its models loaded and unloaded', async () => {
    const failed = portVersion(1, { state: 'END', error: { status: 'INTERNAL', message: 'broken' } });
    const models = [aModel('m', [2], { versions: [portVersion(2), failed] }), aModel('e', [])];
    const world = await httpWorld({ port: new FakeInferencePort(models) });
    const ready = { name: 'm', version: '2', state: 'READY', reason: '' };
    expect((await world.ask('/v2/repository/index', { body: '' })).json()).toEqual([
      ready,
      { name: 'm', version: '1', state: 'UNAVAILABLE', reason: 'broken' },
      { name: 'e', version: '', state: 'UNKNOWN', reason: '' },
    ]);
    expect((await world.ask('/v2/repository/index', { body: '{"ready":true}' })).json()).toEqual([ready]);
    expect((await world.ask('/v2/repository/index', { body: '{"ready":5}' })).status).toBe(400);
    expect((await world.ask('/v2/repository/models/other/load', { body: '{}' })).status).toBe(404);
    const override = '{"parameters":{"config":"{}"}}';
    expect((await world.ask('/v2/repository/models/m/load', { body: override })).status).toBe(501);
    expect(world.port.commands).toEqual([]);
  });

  test('pitfall: load and unload take an empty body and answer with one', async () => {
    const world = await httpWorld();
    const loaded = await world.ask('/v2/repository/models/m/load', { method: 'POST' });
    const unloaded = await world.ask('/v2/repository/models/m/unload', {
      body: '{"parameters":{"unload_dependents":true}}',
    });
    expect([loaded.status, loaded.text, unloaded.status, unloaded.text]).toEqual([200, '', 200, '']);
    expect(world.port.commands).toEqual(['load m', 'unload m']);
  });

  test('statistics count what was answered and what was refused', async () => {
    const versions = [portVersion(2), portVersion(1, { batches: [] })];
    const world = await httpWorld({ port: new FakeInferencePort([aModel('m', [], { versions })]) });
    await world.ask('/v2/models/m/infer', { body: infer });
    await world.ask('/v1/models/m/versions/1:predict', { body: '{"instances":[1]}' });
    await world.ask('/v2/models/m/infer', { body: '{' });
    const { json } = await world.ask('/v2/models/m/stats');
    expect(json()).toMatchObject({
      model_stats: [
        {
          name: 'm',
          version: '2',
          inference_count: 2,
          execution_count: 12, // as its process says
          inference_stats: {
            success: { count: 1 },
            fail: { count: 1 },
            queue: { count: 1, ns: 1e6 },
            compute_infer: { ns: 2e6 },
          },
          batch_stats: [
            { batch_size: 8, compute_infer: { count: 12, ns: 30e6 }, compute_input: { count: 0, ns: 0 } },
          ],
          memory_usage: [{ type: 'CPU', id: 0, byte_size: 1_000_000 }],
        },
        { version: '1', inference_count: 1, execution_count: 1, batch_stats: [] },
      ],
    });
    expect((await world.ask('/v2/models/stats')).json()).toEqual(json());
    const one = (await world.ask('/v2/models/m/versions/1/stats')).json() as { model_stats: unknown[] };
    expect(one.model_stats).toHaveLength(1);
  });
});
