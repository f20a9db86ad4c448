import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelEvent } from '../../../app/contract/models';
import { builtCli, runCli } from '../../support/built-cli';
import { type RunningServer, startServer, untilAvailable } from '../../support/running-server';

const fashion = resolve(import.meta.dirname, '../../../app/resources/samples/models/fashion-mnist');
let folder: string;
let server: RunningServer;
const start = (): Promise<RunningServer> =>
  startServer(['--model_name=fashion', `--model_base_path=${fashion}`, `--event_log_folder=${folder}`]);
const events = async (...args: string[]): Promise<ModelEvent[]> => {
  const { stdout } = await runCli(['events', folder, '--json', ...args]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ModelEvent);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-events-'));
  await builtCli();
  server = await start();
  await untilAvailable(server, 'fashion', 3);
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('a server keeps its events where it is told, can be asked while it runs, and goes on after a restart', {
  timeout: 120_000,
}, async () => {
  await server.until((line) => line['kind'] === 'contentRecorded');
  const running = await events('--model', 'fashion', '--version', '3');
  expect(running.map(({ kind }) => kind)).toEqual(['contentRecorded', 'available', 'loading', 'waiting']);
  const firstStop = Date.now();
  server.signal('SIGTERM');
  expect((await server.ended).code).toBe(0);
  server = await start();
  await untilAvailable(server, 'fashion', 3);
  server.signal('SIGTERM');
  await server.ended;
  const all = await events();
  expect(all.filter(({ kind }) => kind === 'started')).toHaveLength(2);
  expect(all.filter(({ kind }) => kind === 'modelAdded')).toHaveLength(1); // it was known at the second start
  expect((await events('--limit', '2')).map(({ id }) => id)).toEqual(all.slice(0, 2).map(({ id }) => id));
  expect((await events('--until', new Date(firstStop).toISOString())).map(({ kind }) => kind)).toContain(
    'available',
  );
  expect(await events('--since', '0s')).toEqual([]);

  const past = await runCli([
    'events',
    folder,
    '--model',
    'fashion',
    '--at',
    new Date(firstStop).toISOString(),
  ]);
  expect(past.stdout).toMatch(/3\s+│\s+available\s+│\s+yes/);
  expect(past.stdout).toMatch(/2\s+│\s+onDisk\s+│\s+no/);
  const before = await runCli(['events', folder, '--model', 'fashion', '--at', '1999-01-01']);
  expect(before).toMatchObject({ code: 1, stdout: 'The events that are kept do not reach back that far.\n' });
  const table = await runCli(['events', folder, '--limit', '50']);
  expect(table.stdout).toMatch(/fashion\s+│\s+3\s+│\s+available\s+│/);
});

test('what is asked wrongly is said', async () => {
  expect(await runCli(['events', tmpdir()])).toMatchObject({
    code: 2,
    stderr: 'There is no event log (events.db) in this folder.\n',
  });
  const noLog = mkdtempSync(join(tmpdir(), 'slipway-no-log-'));
  writeFileSync(join(noLog, 'events.db'), 'something else');
  expect(await runCli(['events', noLog])).toMatchObject({
    code: 2,
    stderr: 'events.db in this folder is no event log.\n',
  });
  rmSync(noLog, { recursive: true });
  expect(await runCli(['events', folder, '--at', '1h'])).toMatchObject({
    code: 2,
    stderr: '--at needs --model NAME.\n',
  });
  expect((await runCli(['events', folder, '--since', 'yesterday'])).code).toBe(2);
});
