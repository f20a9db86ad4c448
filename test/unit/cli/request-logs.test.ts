import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCli } from '../../support/built-cli';
import { callOnce } from '../../support/grpc-client';
import { ask } from '../../support/http-client';
import { type RunningServer, startServer, untilAvailable } from '../../support/running-server';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
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
const reload = (server: RunningServer, prefix: string): Promise<string | null> =>
  callOnce(server.grpc, '/tensorflow.serving.ModelService/HandleReloadConfigRequest', types, {
    config: {
      model_config_list: {
        config: [
          {
            name: 'fashion',
            base_path: fashion,
            model_platform: 'tensorflow',
            logging_config: {
              log_collector_config: { filename_prefix: prefix },
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

test.skipIf(process.platform === 'win32')(
  'T236, T237: a model is logged as its logging_config says, all others are not; a client’s logs stay in their folder',
  async () => {
    const config = join(folder, 'models.config');
    const one = (name: string, more: string) =>
      `config { name: "${name}" base_path: "${fashion}" model_platform: "tensorflow" ${more} }`;
    const sampled = (rate: number) =>
      `logging_config { log_collector_config { type: "file" filename_prefix: "${join(folder, 'sampled')}" } sampling_config { sampling_rate: ${rate} } }`;
    writeFileSync(
      config,
      `model_config_list { ${one('fashion', sampled(1))} ${one('none', sampled(0))} ${one('plain', '')} }`,
    );
    const server = await startServer([
      `--model_config_file=${config}`,
      `--request_log_folder=${join(folder, 'clients')}`,
    ]);
    try {
      for (const model of ['fashion', 'none', 'plain']) await untilAvailable(server, model, 3);
      for (const model of ['fashion', 'none', 'plain', 'fashion', 'unknown']) await predict(server, model);
      const metrics = await ask(server.restPort, '/monitoring/prometheus/metrics');
      expect(metrics.text.split('\n')).toContain(
        ':tensorflow:serving:request_log_count{model_name="fashion",status_code="OK"} 2',
      );

      expect(await reload(server, '../out')).toContain('stays in it');
      expect(await reload(server, resolve('/out'))).toContain('stays in it');
      expect((await predict(server, 'plain')).status).toBe(200); // what was refused changed nothing
      expect(await reload(server, 'theirs')).toBeNull();
      expect(loggedModels(join(folder, 'sampled.jsonl'))).toEqual(['fashion', 'fashion']); // closed by now, so all is written
      await predict(server, 'fashion');
    } finally {
      server.signal('SIGTERM');
      await server.ended;
    }
    expect(readdirSync(join(folder, 'clients'))).toEqual(['theirs.jsonl']);
    expect(loggedModels(join(folder, 'clients', 'theirs.jsonl'))).toEqual(['fashion']);
  },
  60_000,
);

test('without a folder for them, a client’s logs are refused', async () => {
  const server = await startServer([`--model_base_path=${fashion}`]);
  try {
    expect(await reload(server, 'theirs')).toContain('--request_log_folder');
    await untilAvailable(server, 'default', 3);
  } finally {
    await server.stop();
  }
}, 60_000);
