import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCli } from '../../support/built-cli';
import { ask } from '../../support/http-client';
import { descendantsOf } from '../../support/processes';
import { type RunningServer, startServer } from '../../support/running-server';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const picture = readFileSync(join(samples, 'pictures', 'bag.png'));

let folder: string;
let server: RunningServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-on-demand-'));
  await builtCli();
  const path = join(folder, 'slipway.yaml');
  writeFileSync(
    path,
    `version: 1
models:
  - name: fashion
    basePath: ${join(samples, 'models/fashion-mnist')}
    loaded: onDemand
    idleUnloadMs: 1 h
`,
  );
  server = await startServer([`--model_config_file=${path}`]);
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('what the document says is loaded on demand is ready without a process, and has one after its first request', async () => {
  expect((await ask(server.restPort, '/readyz')).status).toBe(200);
  expect(descendantsOf(server.pid)).toEqual([]);
  const answer = await ask(server.restPort, '/v1/models/fashion:classify?top=1', {
    body: picture,
    headers: { 'content-type': 'image/png' },
  });
  expect(answer.json()).toMatchObject({
    model: 'fashion',
    version: 3,
    results: [{ classes: [{ label: 'Bag' }] }],
  });
  expect(descendantsOf(server.pid)).toHaveLength(1);
  expect((await ask(server.restPort, '/v1/models/fashion')).json()).toMatchObject({
    model_version_status: [{ version: '3', state: 'AVAILABLE' }],
  });
});
