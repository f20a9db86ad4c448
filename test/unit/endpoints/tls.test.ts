import { request } from 'node:https';
import { connect } from 'node:tls';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TokenStore } from '../../../main/endpoints/auth/token-store';
import { FakeInferencePort } from '../../support/fake-inference-port';
import { callOnce, codeOfCall } from '../../support/grpc-client';
import { sendThenRead } from '../../support/http-client';
import { localEndpoints } from '../../support/local-endpoints';
import { authority, clientFiles, tlsPath } from '../../support/tls-fixtures';

async function started({ clientCa = null as string | null, tokens = null as TokenStore | null } = {}) {
  const endpoints = await localEndpoints(new FakeInferencePort(), {
    tokens,
    tls: { key: tlsPath('server-key.pem'), cert: tlsPath('server.pem'), clientCa },
  });
  onTestFinished(() => endpoints.close());
  return { rest: endpoints.restPort, grpc: endpoints.grpcAddress };
}

/** Resolves with the status; rejects with what broke the connection. */
function askOverTls(
  port: number,
  path: string,
  body: Uint8Array | null,
  files = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const method = body ? 'POST' : 'GET';
    const sent = request({ host: '127.0.0.1', port, path, method, ca: authority(), agent: false, ...files });
    sent.on('response', (answer) => {
      answer
        .resume()
        .on('end', () => resolve(answer.statusCode))
        .on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const overGrpc = (address: string, how: ChannelCredentials): Promise<string> =>
  codeOfCall(
    callOnce(
      address,
      '/inference.GRPCInferenceService/ServerLive',
      ['inference.ServerLiveRequest', 'inference.ServerLiveResponse'],
      {},
      how,
    ),
  );

describe('over TLS', () => {
  test('HTTP and gRPC answer', async () => {
    const { rest, grpc } = await started();
    expect(await askOverTls(rest, '/v1/models/m:predict', Buffer.from('{"instances":[1]}'))).toBe(200);
    expect(await overGrpc(grpc, credentials.createSsl(authority()))).toBe('OK');
  });

  test('with an authority for clients only those that it signed get in', async () => {
    const { rest, grpc } = await started({ clientCa: tlsPath('ca.pem') });
    expect(await askOverTls(rest, '/healthz', null, clientFiles())).toBe(200);
    await expect(askOverTls(rest, '/healthz', null)).rejects.toThrow();
    const { key, cert } = clientFiles();
    expect(await overGrpc(grpc, credentials.createSsl(authority(), key, cert))).toBe('OK');
    expect(await overGrpc(grpc, credentials.createSsl(authority()))).toBe('UNAVAILABLE');
  });

  test('whoever may not ask is told so, not cut off, however much they send', async () => {
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const { rest } = await started({ tokens });
    for (const bytes of [53_000, 5_000_000, 53_000, 5_000_000]) {
      const socket = connect({ host: '127.0.0.1', port: rest, ca: authority() });
      const head = 'POST /v1/models/m:classify HTTP/1.1\r\nHost: localhost';
      expect(await sendThenRead(socket, head, Buffer.alloc(bytes))).toMatch(/^HTTP\/1.1 401 .*"error"/s);
    }
  });
});
