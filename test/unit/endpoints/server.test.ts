import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TokenStore } from '../../../main/endpoints/auth/token-store';
import type { PortModel } from '../../../main/endpoints/inference-port';
import { type EndpointsOptions, isLoopback, startEndpoints } from '../../../main/endpoints/server';
import { failureOf } from '../../support/app-errors';
import { aModel, FakeInferencePort, portVersion } from '../../support/fake-inference-port';
import { ask } from '../../support/http-client';
import { local, localOptions } from '../../support/local-endpoints';

const optionsOf = (differences: Partial<EndpointsOptions> = {}): EndpointsOptions =>
  localOptions(new FakeInferencePort(), differences);

async function started(differences: Partial<EndpointsOptions> = {}) {
  const endpoints = await startEndpoints(optionsOf(differences));
  onTestFinished(() => endpoints.close(0));
  return {
    endpoints,
    get: (path: string, body?: string) =>
      ask(endpoints.rest?.port ?? 0, path, body === undefined ? {} : { body }),
  };
}

/** Takes a port for as long as the test runs. */
function takenPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

describe('addresses and ports', () => {
  test('port 0 picks free ones, and what is not asked for is not opened', async () => {
    const both = await started();
    expect(both.endpoints.rest?.port).toBeGreaterThan(0);
    expect(both.endpoints.grpc?.port).toBeGreaterThan(0);
    expect((await started({ grpc: null })).endpoints.grpc).toBeNull();
    expect((await started({ rest: null })).endpoints.rest).toBeNull();
  });

  test('a port in use is told, or the next free one taken', async () => {
    const port = await takenPort();
    for (const which of ['rest', 'grpc'] as const) {
      expect((await failureOf(() => startEndpoints(optionsOf({ [which]: { ...local, port } })))).code).toBe(
        'PORT_IN_USE',
      );
      const { endpoints } = await started({ [which]: { ...local, port }, whenPortIsTaken: 'takeNext' });
      expect(endpoints[which]?.port).toBeGreaterThan(port);
    }
  });

  test('an address that this machine has not is told in words', async () => {
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    for (const which of ['rest', 'grpc'] as const) {
      const elsewhere = optionsOf({ [which]: { host: '192.0.2.1', port: 0 }, tokens });
      expect(await failureOf(() => startEndpoints(elsewhere))).toMatchObject({
        code: 'ADDRESS_NOT_HERE',
        params: { host: '192.0.2.1' },
      });
    }
  });

  test('others may call only with a token, also when who may call is changed', async () => {
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const open = await started({ rest: { host: '0.0.0.0', port: 0 }, tokens });
    expect((await open.get('/v1/models')).status).toBe(401);
    const change = async () => open.endpoints.setAccess({ tokens: null, isCorsEnabled: true });
    expect((await failureOf(change)).code).toBe('FAILED_PRECONDITION');
    expect((await open.get('/v1/models')).status).toBe(401);
    const here = await started({ tokens });
    here.endpoints.setAccess({ tokens: null, isCorsEnabled: false });
    expect((await here.get('/v1/models')).status).toBe(200);
  });

  test('when one of two cannot be opened, neither is', async () => {
    const port = await takenPort();
    const rest = { ...local, port: await takenPort().then((taken) => taken + 1) };
    await failureOf(() => startEndpoints(optionsOf({ rest, grpc: { ...local, port } })));
    await expect(ask(rest.port, '/healthz')).rejects.toThrow();
  });

  test('another address than this machine’s needs tokens', async () => {
    expect(
      (await failureOf(() => startEndpoints(optionsOf({ rest: { host: '0.0.0.0', port: 0 } })))).status,
    ).toBe('FAILED_PRECONDITION');
    expect((await failureOf(() => startEndpoints(optionsOf({ grpc: { host: '::', port: 0 } })))).status).toBe(
      'FAILED_PRECONDITION',
    );
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const { get } = await started({ rest: { host: '0.0.0.0', port: 0 }, tokens });
    expect((await get('/v1/models/m')).status).toBe(401);
    expect(['127.0.0.1', 'localhost', '::1', '127.9.9.9'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.example.com'].some(isLoopback)).toBe(false);
  });

  test('a TLS file that cannot be read is told without its path', async () => {
    const tls = { key: '/nowhere/key.pem', cert: '/nowhere/cert.pem', clientCa: null };
    const failure = await failureOf(() => startEndpoints(optionsOf({ tls })));
    expect(failure.status).toBe('INVALID_ARGUMENT');
    expect(failure.message).not.toContain('nowhere');
  });
});

describe('what runs beside the protocols', () => {
  test('probes: alive at once, ready when nothing is on its way', async () => {
    const port = new FakeInferencePort([
      aModel('m', [], { outlook: 'onItsWay', versions: [portVersion(1, { state: 'LOADING' })] }),
      aModel('other', [1]),
    ]);
    const { get } = await started({ port });
    expect((await get('/healthz')).status).toBe(200);
    expect([(await get('/readyz')).status, (await get('/v2/health/ready')).status]).toEqual([503, 503]);
    const readiness = async (...models: PortModel[]) => {
      port.served = models;
      return [(await get('/readyz')).status, (await get('/v2/health/ready')).status];
    };
    const failed = aModel('m', [], { outlook: 'failed' });
    expect(await readiness(failed)).toEqual([503, 503]); // nobody would get an answer
    expect(await readiness(failed, aModel('other', [1]))).toEqual([200, 200]);
    expect(await readiness(aModel('m', [], { outlook: 'atRest' }))).toEqual([200, 200]);
    expect(await readiness()).toEqual([200, 200]);
  });

  test('metrics are on their path, when there is one', async () => {
    const { get } = await started();
    await get('/v1/models/m:predict', '{"instances":[1]}');
    const metrics = await get('/monitoring/prometheus/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.text).toContain(':tensorflow:serving:request_count{model_name="m",status="OK"} 1');
    expect((await (await started({ metricsPath: null })).get('/monitoring/prometheus/metrics')).status).toBe(
      404,
    );
  });
});
