import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { statusCodes } from '../../app/base/status';
import { aModel, FakeInferencePort, portVersion } from '../support/fake-inference-port';
import { httpWorld } from '../support/http-world';

const body = '{"instances":[1,2]}';
const jsonType = { 'content-type': 'application/json' };

describe('which servable a URL names', () => {
  test('T188: name, version and label are read from the path', async () => {
    const labelled = aModel('m', [2, 1], { labels: [{ label: 'x', version: 1 }] });
    const world = await httpWorld({ port: new FakeInferencePort([labelled]) });
    for (const [path, version, answer] of [
      ['/v1/models/m:predict', 'latest', [3, 4]],
      ['/v1/models/m/versions/1:predict', { version: 1 }, [2, 3]],
      ['/v1/models/m/labels/x:predict', { label: 'x' }, [2, 3]],
      ['/V1/Models/m/Versions/1:predict', { version: 1 }, [2, 3]],
    ] as const) {
      const { status, text, headers } = await world.ask(path, { body });
      expect([status, JSON.parse(text)]).toEqual([200, { predictions: answer }]);
      expect(headers['content-type']).toBe('application/json');
      expect(world.port.requests.at(-1)).toMatchObject({
        model: 'm',
        version,
        codec: 'tfs-json',
        params: { method: 'predict' },
      });
    }
  });

  test('T189: a name is percent-decoded', async () => {
    const world = await httpWorld({ port: new FakeInferencePort([aModel('m x', [1])]) });
    expect((await world.ask('/v1/models/m%20x')).status).toBe(200);
    expect((await world.ask('/v1/models/m%20x:predict', { body })).status).toBe(200);
    expect((await world.ask('/v1/models/m%zz')).status).toBe(400);
  });

  test.each([
    ['GET', '/v1/models/'],
    ['GET', '/v1/models/m/versions/a'],
    ['GET', '/v1/models/m/versions/-1'],
    ['POST', '/v1/models/m:predict?x=1'],
    ['GET', '/v1/models/m?x=1'],
    ['PUT', '/v1/models/m'],
    ['DELETE', '/v1/models/m'],
    ['GET', '/v1/models/m:predict'],
    ['POST', '/v1/models/m'],
    ['POST', '/v1/models/m:PREDICT'],
    ['POST', '/v1/models/m:explain'],
    ['POST', '/v1/models/m/versions/1/labels/x:predict'],
    ['GET', '/v1/'],
    ['GET', '/v1'],
  ])('T190: %s %s is a malformed request', async (method, path) => {
    const { status, text, headers } = await (await httpWorld()).ask(path, { method });
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(text).error).toBe(`Malformed request: ${method} ${path}`);
  });

  test('T190: a version beyond 64 bits is refused, one within is not found', async () => {
    const world = await httpWorld();
    expect((await world.ask('/v1/models/m/versions/9223372036854775808')).status).toBe(400);
    expect((await world.ask('/v1/models/m/versions/9223372036854775807')).status).toBe(404);
    expect((await world.ask(`/v1/models/m/versions/${'9'.repeat(5_000)}:predict`, { body })).status).toBe(
      400,
    );
  });

  test('T191: what is not under /v1/ is 404; unlike TensorFlow Serving, no name at all lists the models', async () => {
    const world = await httpWorld({
      port: new FakeInferencePort([
        aModel('m', [2], { labels: [{ label: 'x', version: 2, pendingVersion: 3 }] }),
      ]),
    });
    expect((await world.ask('/foo')).status).toBe(404);
    expect((await world.ask('/')).status).toBe(404);
    expect((await world.ask('/v1/models')).json()).toEqual({
      models: [
        {
          name: 'm',
          platform: 'onnx',
          labels: { x: '2' },
          pending_labels: { x: '3' },
          model_version_status: [
            { version: '2', state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } },
          ],
        },
      ],
    });
  });

  test('T192: an unknown model is 404 with the request that found nothing', async () => {
    const { status, json } = await (await httpWorld()).ask('/v1/models/other:predict', { body });
    expect(status).toBe(404);
    expect(json()).toEqual({ error: 'Servable not found for request: Latest(other)' });
  });
});

describe('failures', () => {
  test('T214: every status has its HTTP code, and any text is valid JSON', async () => {
    const world = await httpWorld();
    const codes: Record<string, number> = {};
    for (const status of statusCodes.filter((code) => code !== 'OK')) {
      world.port.before = () =>
        Promise.reject(new AppError('INVALID_ARGUMENT', {}, { status, detail: 'say "a"\n\u0001' }));
      const answer = await world.ask('/v1/models/m:predict', { body });
      codes[status] = answer.status;
      expect(answer.json()).toEqual({ error: 'say "a"\n\u0001' });
    }
    expect(codes).toEqual({
      CANCELLED: 499,
      UNKNOWN: 500,
      INVALID_ARGUMENT: 400,
      DEADLINE_EXCEEDED: 504,
      NOT_FOUND: 404,
      ALREADY_EXISTS: 409,
      PERMISSION_DENIED: 403,
      RESOURCE_EXHAUSTED: 429,
      FAILED_PRECONDITION: 400,
      ABORTED: 409,
      OUT_OF_RANGE: 400,
      UNIMPLEMENTED: 501,
      INTERNAL: 500,
      UNAVAILABLE: 503,
      DATA_LOSS: 500,
      UNAUTHENTICATED: 401,
    });
  });
});

describe('compression and browsers', () => {
  test('T215: a gzip body is inflated, a broken one refused, and answers are compressed for who takes it', async () => {
    const world = await httpWorld();
    const gzip = { 'content-encoding': 'gzip' };
    const path = '/v1/models/m:predict';
    expect((await world.ask(path, { body: gzipSync(body), headers: gzip })).json()).toEqual({
      predictions: [3, 4],
    });
    expect((await world.ask(path, { body, headers: gzip })).status).toBe(400);
    expect((await world.ask(path, { body: gzipSync(body).subarray(0, 15), headers: gzip })).status).toBe(400);
    const long = JSON.stringify({ instances: Array.from({ length: 2_000 }, () => 1) });
    const compressed = await world.ask(path, { body: long, headers: { 'accept-encoding': 'gzip' } });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    const plain = await world.ask(path, { body: long, headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(compressed.body.length).toBeLessThan(plain.body.length / 10);
  });

  test('T215: a small gzip body cannot become a large one', async () => {
    const world = await httpWorld({ limits: { maxInflatedBytes: 10_000 } });
    const bomb = gzipSync(Buffer.alloc(1_000_000, 0x20));
    const answer = await world.ask('/v1/models/m:predict', {
      body: bomb,
      headers: { 'content-encoding': 'gzip' },
    });
    expect(answer.status).toBe(413);
    expect(world.port.requests).toEqual([]);
  });

  test('T216: with CORS on, a web page may ask and call; without an Origin, OPTIONS is refused', async () => {
    const world = await httpWorld({ isCorsEnabled: true });
    const origin = { origin: 'https://example.com' };
    const { status, headers } = await world.ask('/v1/models/m:predict', {
      method: 'OPTIONS',
      headers: origin,
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, GET',
      'access-control-allow-headers': expect.stringMatching(/^Content-Type, Authorization, /),
    });
    const own = { ...origin, 'access-control-request-headers': 'x-segment,content-type' };
    const asked = await world.ask('/v1/models/m:predict', { method: 'OPTIONS', headers: own });
    expect(asked.headers['access-control-allow-headers']).toMatch(/, x-segment,content-type$/);
    const called = await world.ask('/v1/models/m:predict', { body, headers: { ...origin, ...jsonType } });
    expect([called.status, called.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect((await world.ask('/v1/models/m:predict', { method: 'OPTIONS' })).status).toBe(400);
    expect(
      (await world.ask('/v1/models/m:predict', { method: 'OPTIONS', headers: { origin: 'null' } })).status,
    ).toBe(400);
  });

  test('T216: with CORS off, as it is by default, a web page of another site is refused before anything is read', async () => {
    const world = await httpWorld();
    const called = await world.ask('/v1/models/m:predict', {
      body,
      headers: { origin: 'https://example.com' },
    });
    expect(called.status).toBe(403);
    expect(called.headers['access-control-allow-origin']).toBeUndefined();
    expect(
      (await world.ask('/v1/models/m', { method: 'OPTIONS', headers: { origin: 'https://example.com' } }))
        .status,
    ).toBe(403);
    expect(world.port.requests).toEqual([]);
  });
});

describe('what is served', () => {
  test('T217: the status names versions as strings, newest first, with why one ended', async () => {
    const failed = portVersion(1, {
      state: 'END',
      error: { status: 'RESOURCE_EXHAUSTED', message: 'too large' },
    });
    const world = await httpWorld({
      port: new FakeInferencePort([aModel('m', [], { versions: [portVersion(2), failed] })]),
    });
    const available = { version: '2', state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } };
    const ended = {
      version: '1',
      state: 'END',
      status: { error_code: 'RESOURCE_EXHAUSTED', error_message: 'too large' },
    };
    expect((await world.ask('/v1/models/m')).json()).toEqual({ model_version_status: [available, ended] });
    expect((await world.ask('/v1/models/m/versions/1')).json()).toEqual({ model_version_status: [ended] });
  });

  test('T217: the metadata is the signature, in the JSON of protocol buffers', async () => {
    const { json } = await (await httpWorld()).ask('/v1/models/m/metadata');
    const tensor = (name: string) => ({
      dtype: 'DT_FLOAT',
      name,
      tensor_shape: { dim: [{ size: '-1', name: 'batch' }], unknown_rank: false },
    });
    expect(json()).toEqual({
      model_spec: { name: 'm', signature_name: '', version: '2' },
      metadata: {
        signature_def: {
          signature_def: {
            serving_default: {
              inputs: { x: tensor('x') },
              outputs: { y: tensor('y') },
              method_name: 'tensorflow/serving/predict',
              defaults: {},
            },
          },
        },
      },
    });
    const world = await httpWorld();
    expect((await world.ask('/v1/models/other/metadata')).status).toBe(404);
    expect((await world.ask('/v1/models/m/versions/9/metadata')).status).toBe(404);
  });

  test('T185: status of an unknown model or version is NOT_FOUND, of one version one entry, of all descending', async () => {
    const world = await httpWorld({
      port: new FakeInferencePort([aModel('m', [3, 2, 1], { labels: [{ label: 'x', version: 2 }] })]),
    });
    const versions = async (path: string) => {
      const { json } = await world.ask(path);
      const { model_version_status: statuses } = json() as { model_version_status: { version: string }[] };
      return statuses.map(({ version }) => version);
    };
    expect((await world.ask('/v1/models/other')).status).toBe(404);
    expect((await world.ask('/v1/models/m/versions/9')).status).toBe(404);
    expect((await world.ask('/v1/models/m/labels/y')).status).toBe(400);
    expect(await versions('/v1/models/m/versions/2')).toEqual(['2']);
    expect(await versions('/v1/models/m/labels/x')).toEqual(['2']);
    expect(await versions('/v1/models/m')).toEqual(['3', '2', '1']);
  });
});

describe('pictures as they are', () => {
  test('a posted picture is classified, with ?top=K', async () => {
    const world = await httpWorld();
    const { json } = await world.ask('/v1/models/m:classify?top=3', {
      body: 'jpeg',
      headers: { 'content-type': 'image/jpeg' },
    });
    expect(json()).toMatchObject({ model: 'm', version: 2, results: [{ classes: [{ label: '4 bytes' }] }] });
    expect(world.port.requests[0]).toMatchObject({
      codec: 'image',
      params: { top: 3, contentType: 'image/jpeg' },
    });
    for (const top of ['0', '-1', 'x', '1.5'])
      expect(
        (
          await world.ask(`/v1/models/m:classify?top=${top}`, {
            body: 'j',
            headers: { 'content-type': 'image/jpeg' },
          })
        ).status,
      ).toBe(400);
    const lines = { 'content-type': 'image/png', accept: 'application/x-ndjson' };
    expect(
      (await world.ask('/v1/models/m:classify', { body: 'j', headers: lines })).headers['content-type'],
    ).toBe('application/x-ndjson');
  });
});
