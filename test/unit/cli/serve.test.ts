import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ServiceError } from '@grpc/grpc-js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, wait } from '../../../app/base/clock';
import { builtCli, runCli } from '../../support/built-cli';
import { callOnce } from '../../support/grpc-client';
import { ask } from '../../support/http-client';
import { descendantsOf, isAlive } from '../../support/processes';
import { type RunningServer, startServer, untilAvailable } from '../../support/running-server';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const fashion = join(samples, 'models/fashion-mnist');
const picture = readFileSync(join(samples, 'pictures', 'bag.png'));
const blank = JSON.stringify({ instances: [{ image: [Array(28).fill(Array(28).fill(0.5))] }] });

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-serve-'));
  await builtCli();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** `models.config` for models in one folder each. */
const modelsConfig = (...models: readonly (readonly [name: string, basePath: string])[]): string =>
  `model_config_list { ${models.map(([name, base]) => `config { name: "${name}" base_path: "${base}" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } }`).join('\n')} }`;

/** Replaces a file whole. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

describe('slipway serve', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer([
      '--model_name',
      'fashion',
      `--model_base_path=${fashion}`,
      '--flush_filesystem_caches=false',
    ]);
    await untilAvailable(server, 'fashion', 3);
  }, 60_000);
  afterAll(() => server.stop());

  test('prints one line with where it listens, and JSON on stderr', () => {
    expect(server.announced).toMatch(/^listening rest=http:\/\/127\.0\.0\.1:\d+ grpc=127\.0\.0\.1:\d+$/);
    expect(server.lines.filter(({ event }) => event === 'flags_without_meaning')).toEqual([
      expect.objectContaining({ level: 'warn', flags: ['flush_filesystem_caches'] }),
    ]);
  });

  test('answers tensors over REST', async () => {
    const answer = await ask(server.restPort, '/v1/models/fashion:predict', { body: blank });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-slipway-version']).toBe('3');
    expect(answer.json()).toEqual({ predictions: [expect.any(Array)] });
  });

  test('answers pictures, PNG and JPEG', async () => {
    const jpeg = await sharp(picture).jpeg({ quality: 95 }).toBuffer();
    for (const [type, body] of [
      ['image/png', picture],
      ['image/jpeg', jpeg],
    ] as const) {
      const answer = await ask(server.restPort, '/v1/models/fashion:classify?top=2', {
        body,
        headers: { 'content-type': type },
      });
      expect(answer.json()).toMatchObject({
        model: 'fashion',
        version: 3,
        results: [{ classes: [{ label: 'Bag' }, {}] }],
      });
    }
  });

  test('tells the state of every version', async () => {
    expect((await ask(server.restPort, '/v1/models/fashion')).json()).toEqual({
      model_version_status: [
        { version: '3', state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } },
      ],
    });
    expect((await ask(server.restPort, '/readyz')).status).toBe(200);
    expect((await ask(server.restPort, '/monitoring/prometheus/metrics')).text).toContain(
      ':tensorflow:serving:request_count',
    );
  });

  test('answers over gRPC', async () => {
    const answer = await callOnce(
      server.grpc,
      '/tensorflow.serving.PredictionService/Predict',
      ['tensorflow.serving.PredictRequest', 'tensorflow.serving.PredictResponse'],
      {
        model_spec: { name: 'fashion' },
        inputs: {
          image: {
            dtype: 'DT_FLOAT',
            tensor_shape: { dim: [1, 1, 28, 28].map((size) => ({ size })) },
            float_val: Array(784).fill(0.5),
          },
        },
      },
    );
    expect(answer).toMatchObject({ model_spec: { name: 'fashion', version: { value: '3' } } });
  });
});

test.skipIf(process.platform === 'win32')(
  'a process that was killed shows in the metrics, and so does its return',
  async () => {
    const server = await startServer([`--model_base_path=${fashion}`]);
    try {
      await untilAvailable(server, 'default', 3);
      for (const pid of descendantsOf(server.pid)) process.kill(pid, 'SIGKILL');
      const available = () => server.lines.filter(({ kind }) => kind === 'available');
      await server.until((line) => available().indexOf(line) === 1);
      const metrics = await ask(server.restPort, '/monitoring/prometheus/metrics');
      for (const line of [
        'slipway_runner_exits_total{model="default",version="3",code="RUNNER_CRASHED"} 1',
        'slipway_restarts_total{model="default",version="3"} 1',
      ])
        expect(metrics.text.split('\n')).toContain(line);
    } finally {
      await server.stop();
    }
  },
  60_000,
);

describe('the configuration', () => {
  test('is read again by RPC, on SIGHUP and when the file changes; a bad one changes nothing', async () => {
    const path = join(folder, 'models.config');
    write(path, modelsConfig(['one', fashion]));
    const server = await startServer([
      `--model_config_file=${path}`,
      '--model_config_file_poll_wait_seconds=0.2',
    ]);
    try {
      await untilAvailable(server, 'one', 1);
      const types = [
        'tensorflow.serving.ReloadConfigRequest',
        'tensorflow.serving.ReloadConfigResponse',
      ] as const;
      const reload = (name: string) =>
        callOnce(server.grpc, '/tensorflow.serving.ModelService/HandleReloadConfigRequest', types, {
          config: {
            model_config_list: {
              config: [{ name, base_path: fashion, model_platform: 'tensorflow' }],
            },
          },
        });
      await reload('two');
      expect((await ask(server.restPort, '/v1/models/two')).text).toContain('"AVAILABLE"');
      expect((await ask(server.restPort, '/v1/models/one')).status).toBe(404);
      const failure: ServiceError = await reload('no/name').then(
        () => expect.unreachable(),
        (thrown: unknown) => thrown as ServiceError,
      );
      expect(failure.details).toContain('a name has 1 to 128 characters');
      await server.until(({ event, status }) => event === 'admin_call' && status !== 'OK');
      expect(server.lines.filter(({ event }) => event === 'admin_call').map(({ status }) => status)).toEqual([
        'OK',
        'INVALID_ARGUMENT',
      ]);

      write(path, modelsConfig(['three', fashion]));
      await untilAvailable(server, 'three', 1);
      expect(await server.until(({ event }) => event === 'configuration_applied')).toMatchObject({
        why: 'file',
        models: [
          { model: 'three', change: 'added' },
          { model: 'two', change: 'removed' },
        ],
      });

      write(path, 'model_config_list { config {');
      expect(await server.until(({ event }) => event === 'configuration_refused')).toMatchObject({
        code: 'CONFIG_INVALID',
      });
      expect((await ask(server.restPort, '/v1/models/three')).status).toBe(200);

      write(path, 'custom_model_config { type_url: "x.y/Z" }');
      expect(await server.until(({ code }) => code === 'CONFIG_CHANGE_REFUSED')).toMatchObject({
        event: 'configuration_refused',
        why: 'file',
        message: expect.stringContaining('keeps the kind of its configuration'),
      });

      const put = (name: string, settings: object) =>
        ask(server.restPort, `/v1/config/models/${name}`, { method: 'PUT', body: JSON.stringify(settings) });
      expect(JSON.parse((await put('four', { basePath: fashion, labels: { stable: 1 } })).text)).toEqual({
        model: 'four',
        change: 'added',
        settings: [],
      });
      await untilAvailable(server, 'four', 3);
      expect((await put('four', { basePath: 'relative' })).status).toBe(400);
      const removed = await ask(server.restPort, '/v1/config/models/four', { method: 'DELETE' });
      expect([removed.status, JSON.parse(removed.text)]).toMatchObject([200, { change: 'removed' }]);
      expect((await ask(server.restPort, '/v1/models/three')).status).toBe(200);
      await server.until(({ event, api }) => event === 'admin_call' && api === 'RemoveModel');
      expect(
        server.lines
          .filter(({ event, api }) => event === 'admin_call' && /Model$/.test(String(api)))
          .map(({ api, model, status }) => [api, model, status]),
      ).toEqual([
        ['SaveModel', 'four', 'OK'],
        ['SaveModel', 'four', 'INVALID_ARGUMENT'],
        ['RemoveModel', 'four', 'OK'],
      ]);
    } finally {
      await server.stop();
    }
  }, 60_000);

  test.skipIf(process.platform === 'win32')(
    'is read on SIGHUP without any polling',
    async () => {
      const path = join(folder, 'hup.config');
      write(path, modelsConfig(['one', fashion]));
      const server = await startServer([`--model_config_file=${path}`]);
      try {
        await untilAvailable(server, 'one', 1);
        write(path, modelsConfig(['one', fashion], ['two', fashion]));
        server.signal('SIGHUP');
        await untilAvailable(server, 'two', 1);
        expect(await server.until(({ event }) => event === 'configuration_applied')).toMatchObject({
          why: 'SIGHUP',
        });
      } finally {
        await server.stop();
      }
    },
    60_000,
  );

  test('with a model that is not there serves the others, and says so', async () => {
    const path = join(folder, 'half.config');
    write(path, modelsConfig(['good', fashion], ['missing', join(folder, 'nowhere')]));
    const server = await startServer([`--model_config_file=${path}`]);
    try {
      await untilReady(server);
      expect((await ask(server.restPort, '/v2/models/missing/ready')).status).toBe(503);
      expect((await ask(server.restPort, '/v2/models/good/ready')).status).toBe(200);
    } finally {
      await server.stop();
    }
  }, 60_000);

  test('with no model that answers is never ready', async () => {
    const server = await startServer([`--model_base_path=${join(folder, 'nowhere')}`]);
    try {
      const statuses = async () =>
        Promise.all(
          ['/readyz', '/v2/health/ready'].map(async (path) => (await ask(server.restPort, path)).status),
        );
      expect(await statuses()).toEqual([503, 503]);
      await server.until(({ event, error }) => event === 'model' && error !== null); // somebody has looked
      expect(await statuses()).toEqual([503, 503]);
      expect((await ask(server.restPort, '/healthz')).status).toBe(200);
    } finally {
      await server.stop();
    }
  }, 60_000);
});

describe.skipIf(process.platform === 'win32')('the end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets what is in flight finish, unloads, and exits with 0',
    async (name) => {
      const server = await startServer([`--model_base_path=${fashion}`]);
      await untilAvailable(server, 'default', 3);
      const runners = descendantsOf(server.pid);
      expect(runners).not.toEqual([]); // the version's own
      const side = 3_000;
      const large = await sharp({ create: { width: side, height: side, channels: 3, background: 'teal' } })
        .jpeg()
        .toBuffer();
      const path = '/v1/models/default:classify';
      const headers = { 'content-type': 'image/jpeg' };
      const asked = Array.from({ length: 10 }, () => begin(server.restPort, path, headers));
      await Promise.all(asked.map(({ isTaken }) => isTaken)); // the server answered "continue": it has taken them all
      server.signal(name);
      await server.until(({ event }) => event === 'draining');
      const statuses = await Promise.all(asked.map(({ finish }) => finish(large)));
      expect(statuses).toEqual(Array(10).fill(200));
      expect(await server.ended).toEqual({ code: 0, stdout: `${server.announced}\n` });
      expect(runners.filter(isAlive)).toEqual([]);
    },
    60_000,
  );
});

/** Asks until the server says that it is ready. */
async function untilReady(server: RunningServer): Promise<void> {
  while ((await ask(server.restPort, '/readyz')).status !== 200) await wait(systemClock, 10);
}

/** A request whose body is sent later: it is in flight for as long as the test wants. */
function begin(port: number, path: string, headers: Readonly<Record<string, string>>) {
  const sent = request({ port, path, method: 'POST', headers: { ...headers, expect: '100-continue' } });
  const answered = once(sent, 'response');
  sent.flushHeaders();
  return {
    isTaken: once(sent, 'continue'),
    finish: async (body: Uint8Array): Promise<number | undefined> => {
      sent.end(body);
      const [answer]: IncomingMessage[] = await answered;
      answer?.resume();
      return answer?.statusCode;
    },
  };
}

describe('what cannot start', () => {
  test.each([
    ['no model', []],
    ['a port that is none', ['--model_base_path=x', '--port=99999']],
    ['a boolean that is none', ['--model_base_path=x', '--enable_batching=maybe']],
    ['batching parameters without batching', ['--model_base_path=x', '--batching_parameters_file=x']],
    ['a flag that nobody knows', ['--model_base_path=x', '--model_nam=y']],
    ['a key without a certificate', ['--model_base_path=x', '--tls_key=y']],
    ['nothing to call', ['--model_base_path=x', '--port=off', '--rest_api_port=off']],
  ])('%s is wrong usage: exit code 2', async (_, args) => {
    const { code, stdout, stderr } = await runCli(['serve', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  test.each([
    ['an address that others reach, without tokens', ['--host=0.0.0.0'], 'tokens or client certificates'],
    ['TLS files that are not there', ['--tls_key=/nowhere', '--tls_cert=/nowhere'], 'TLS key cannot be read'],
  ])('%s: exit code 1', async (_, args, reason) => {
    const run = await runCli([
      'serve',
      `--model_base_path=${fashion}`,
      '--port=0',
      '--rest_api_port=0',
      ...args,
    ]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 1, stdout: '' });
    expect(run.stderr).toContain(reason);
  });
});
