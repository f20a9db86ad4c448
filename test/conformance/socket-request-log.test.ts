import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCli } from '../support/built-cli';
import { callOnce, codeOfCall } from '../support/grpc-client';
import { ask } from '../support/http-client';
import { realServer } from '../support/real-server';
import { type RunningServer, startServer, untilAvailable } from '../support/running-server';
import { addingModel } from '../support/small-models';

const samples = resolve(import.meta.dirname, '../../app/resources/samples');
const fashion = join(samples, 'models/fashion-mnist');
const blank = JSON.stringify({ instances: [{ image: [Array(28).fill(Array(28).fill(0.5))] }] });
const types = ['tensorflow.serving.ReloadConfigRequest', 'tensorflow.serving.ReloadConfigResponse'] as const;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-request-logs-'));
  await builtCli();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const predict = (server: RunningServer, model: string) =>
  ask(server.restPort, `/v1/models/${model}:predict`, { body: blank });

/** Reloads the model `fashion`, logged with that prefix; resolves to what was wrong with it, or to null. */
const reload = (server: RunningServer, prefix: string, type = 'file'): Promise<string | null> =>
  callOnce(server.grpc, '/tensorflow.serving.ModelService/HandleReloadConfigRequest', types, {
    config: {
      model_config_list: {
        config: [
          {
            name: 'fashion',
            base_path: fashion,
            model_platform: 'tensorflow',
            logging_config: {
              log_collector_config: { type, filename_prefix: prefix },
              sampling_config: { sampling_rate: 1 },
            },
          },
        ],
      },
    },
  }).then(
    () => null,
    (thrown: ServiceError) => thrown.details,
  );

const loggedModels = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).model);

test('T236, T237: a model is logged as its logging_config says, all others are not; a client’s logs stay in their folder', async () => {
  const config = join(folder, 'models.config');
  const one = (name: string, logging: string) =>
    `config { name: "${name}" base_path: ${JSON.stringify(fashion)} model_platform: "tensorflow" ${logging} }`;
  const sampled = (rate: number) =>
    `logging_config { log_collector_config { type: "file" filename_prefix: ${JSON.stringify(join(folder, 'sampled'))} } sampling_config { sampling_rate: ${rate} } }`;
  const models = [
    one('fashion', sampled(1)),
    one('twin', sampled(1)),
    one('none', sampled(0)),
    one('plain', ''),
  ];
  writeFileSync(config, `model_config_list { ${models.join('\n')} }`);
  const server = await startServer([
    `--model_config_file=${config}`,
    '--model_config_file_poll_wait_seconds=0.1',
    `--request_log_folder=${join(folder, 'clients')}`,
  ]);
  try {
    for (const model of ['fashion', 'twin', 'none', 'plain']) await untilAvailable(server, model, 3);
    for (const model of ['fashion', 'none', 'plain', 'twin', 'fashion', 'unknown'])
      await predict(server, model);
    const metrics = await ask(server.restPort, '/monitoring/prometheus/metrics');
    expect(metrics.text.split('\n')).toContain(
      ':tensorflow:serving:request_log_count{model_name="fashion",status_code="OK"} 2',
    );

    expect(await reload(server, '../out')).toContain('stays in it');
    expect(await reload(server, resolve('/out'))).toContain('stays in it');
    expect(await reload(server, 'theirs', 'kafka')).toContain('kafka');
    for (const model of ['plain', 'twin']) expect((await predict(server, model)).status).toBe(200); // what was refused changed nothing
    writeFileSync(config, `model_config_list { ${[...models, one('more', '')].join('\n')} }`);
    await server.until(({ event }) => event === 'configuration_applied');
    await predict(server, 'fashion');
    expect(await reload(server, 'theirs')).toBeNull();
    const logged = ['fashion', 'twin', 'fashion', 'twin', 'fashion']; // of both, as they came: one file, never opened anew
    expect(loggedModels(join(folder, 'sampled.jsonl'))).toEqual(logged); // closed by now, so all is written

    await predict(server, 'fashion');
    const theirs = join(folder, 'clients', 'theirs.jsonl');
    await expect.poll(() => existsSync(theirs) && readFileSync(theirs, 'utf8').endsWith('\n')).toBe(true);
    expect(loggedModels(theirs)).toEqual(['fashion']);
  } finally {
    await server.stop();
  }
}, 60_000);

test('T238: metrics are scraped over a socket, with names as Prometheus takes them and cumulative histograms', async () => {
  const server = await realServer({ 'a"b': { 1: addingModel(1) } });
  try {
    const { ask: get, call } = await server.listen({});
    for (let times = 0; times < 3; times++)
      await get('/v1/models/a%22b:predict', { body: '{"instances":[1,2]}' });
    await get('/v1/models/a%22b:predict', { body: '{"instances":1}' });
    await codeOfCall(
      call(
        '/tensorflow.serving.PredictionService/Predict',
        ['tensorflow.serving.PredictRequest', 'tensorflow.serving.PredictResponse'],
        {
          model_spec: { name: 'a"b' },
          inputs: { x: { dtype: 'DT_FLOAT', tensor_shape: { dim: [{ size: 1 }] }, float_val: [1] } },
        },
      ),
    );
    const { headers, text } = await get('/monitoring/prometheus/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = text.split('\n');
    for (const line of [
      '# TYPE :tensorflow:serving:request_count counter',
      ':tensorflow:serving:request_count{model_name="a\\"b",status="OK"} 4',
      ':tensorflow:serving:request_count{model_name="a\\"b",status="INVALID_ARGUMENT"} 1',
      '# TYPE :tensorflow:serving:request_latency histogram',
    ])
      expect(lines).toContain(line);
    const labels = 'model_name="a\\"b",API="Predict",entrypoint="REST"';
    const name = ':tensorflow:serving:request_latency';
    const buckets = lines.flatMap((line) => {
      const [, bound, rest, count] = /^(?:[^{]*)_bucket\{le="([^"]+)",(.*)\} (\d+)$/.exec(line) ?? [];
      return line.startsWith(`${name}_bucket`) && rest === labels ? [{ bound, count: Number(count) }] : [];
    });
    const counts = buckets.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(buckets.at(-1)).toEqual({ bound: '+Inf', count: 3 });
    expect(lines).toContain(`${name}_count{${labels}} 3`);
    expect(lines.some((line) => line.startsWith(`${name}_sum{${labels}} `))).toBe(true);
  } finally {
    await server.close();
  }
}, 60_000);

test('without a folder for them, a client’s logs are refused', async () => {
  const server = await startServer([`--model_base_path=${fashion}`]);
  try {
    expect(await reload(server, 'theirs')).toContain('--request_log_folder');
    await untilAvailable(server, 'default', 3);
  } finally {
    await server.stop();
  }
}, 60_000);
