import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readBatchingParameters, readMetricsPath, readSslConfig } from '../../../main/cli/serve/text-files';
import { failureOf } from '../../support/app-errors';
import { FakeInferencePort } from '../../support/fake-inference-port';
import { localEndpoints } from '../../support/local-endpoints';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'file.config');
  writeFileSync(path, text);
  return path;
}

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe('files of TensorFlow Serving', () => {
  test('batching parameters, whose numbers are wrapped', async () => {
    const path = file(`max_batch_size { value: 64 } batch_timeout_micros { value: 1000 }
      num_batch_threads { value: 8 } allowed_batch_sizes: 1 allowed_batch_sizes: 64
      enable_large_batch_splitting { value: true } pad_variable_length_inputs: true`);
    expect(await readBatchingParameters(path)).toEqual({
      maxBatchSize: 64,
      batchTimeoutMicros: 1_000,
      allowedBatchSizes: [1, 64],
      padVariableLengthInputs: true,
      enableLargeBatchSplitting: true,
    });
    const failure = await failureOf(() => readBatchingParameters(file('max_batch: 4')));
    expect(failure.code).toBe('CONFIG_INVALID');
    expect(failure.message).not.toContain(folder);
  });

  test('monitoring: off unless enabled, at the usual path unless another is named', async () => {
    expect(await readMetricsPath(file(''))).toBeNull();
    expect(await readMetricsPath(file('prometheus_config { enable: true }'))).toBe(
      '/monitoring/prometheus/metrics',
    );
    expect(await readMetricsPath(file('prometheus_config { enable: true path: "/m" }'))).toBe('/m');
  });

  test('an SSL config needs key and certificate, and an authority to verify clients by', async () => {
    expect((await failureOf(() => readSslConfig(file('server_key: "k"')))).code).toBe('CONFIG_INVALID');
    const verifying = file('server_key: "k" server_cert: "c" client_verify: true');
    expect((await failureOf(() => readSslConfig(verifying))).message).toContain('custom_ca');
    expect(
      await readSslConfig(file('server_key: "k\\n" server_cert: "c" custom_ca: "a" client_verify: false')),
    ).toEqual({ keyPem: 'k\n', certPem: 'c', clientCaPem: null });
  });

  test.skipIf(!hasOpenssl)('with an SSL config the server speaks TLS', async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'].concat(
        ['-subj', '/CN=localhost', '-keyout', key, '-out', cert],
      ),
      { stdio: 'ignore' },
    );
    const asField = (path: string): string => JSON.stringify(readFileSync(path, 'utf8'));
    const tls = await readSslConfig(file(`server_key: ${asField(key)} server_cert: ${asField(cert)}`));
    const endpoints = await localEndpoints(new FakeInferencePort(), { grpc: null, tls });
    onTestFinished(() => endpoints.close());
    const status = await new Promise<number | undefined>((settle, reject) => {
      const options = {
        host: '127.0.0.1',
        port: endpoints.restPort,
        path: '/healthz',
        ca: readFileSync(cert),
        servername: 'localhost',
        agent: false,
      };
      request(options, (response) => {
        response.resume();
        settle(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});
