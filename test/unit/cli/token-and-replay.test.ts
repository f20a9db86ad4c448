import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayClient } from '../../../main/client/slipway-client';
import { builtCli, runCli } from '../../support/built-cli';
import { ask } from '../../support/http-client';
import { type RunningServer, startServer, untilAvailable } from '../../support/running-server';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const fashion = join(samples, 'models/fashion-mnist');
const picture = (name: string): string => join(samples, 'pictures', name);

let folder: string;
let server: RunningServer;
let tokens: string;
const made: Record<string, string> = {};
const url = (): string => `http://127.0.0.1:${server.restPort}`;
const log = (): string => join(folder, 'requests.jsonl');

/** Makes a token; resolves to it. */
async function make(name: string, scope: string): Promise<string> {
  const run = await runCli(['token', 'create', name, '--scope', scope, '--token-file', tokens]);
  expect(run.code).toBe(0);
  return run.stdout.trim();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-token-'));
  tokens = join(folder, 'tokens.json');
  await builtCli();
  for (const scope of ['infer', 'read', 'admin']) made[scope] = await make(`for-${scope}`, scope);
  server = await startServer([
    '--model_name=fashion',
    `--model_base_path=${fashion}`,
    `--token_file=${tokens}`,
    `--audit_log_file=${join(folder, 'audit.jsonl')}`,
    `--request_log_file=${join(folder, 'requests')}`,
    '--request_log_sampling_rate=1',
  ]);
  await untilAvailable(server, 'fashion', 3);
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('slipway token', () => {
  test('makes tokens that are kept as hashes, in a file of their owner alone', () => {
    expect(made['infer']).toMatch(/^slw_[\w-]{43}$/);
    const kept = readFileSync(tokens, 'utf8');
    for (const token of Object.values(made)) expect(kept).not.toContain(token.slice(4));
    if (process.platform !== 'win32') expect(statSync(tokens).mode & 0o777).toBe(0o600);
  });

  test('each scope lets in what it says; admin lets in everything', async () => {
    const tried = async (token: string | undefined) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const statuses = [
        await ask(server.restPort, '/v1/models/fashion', { headers }),
        await ask(server.restPort, '/v1/models/fashion:predict', { headers, body: '{}' }),
        await ask(server.restPort, '/v2/repository/models/none/load', { headers, body: '{}' }),
      ];
      return statuses.map(({ status }) => status);
    };
    expect(await tried(undefined)).toEqual([401, 401, 401]);
    expect(await tried('slw_guess')).toEqual([401, 401, 401]);
    expect(await tried(made['read'])).toEqual([200, 403, 403]);
    expect(await tried(made['infer'])).toEqual([403, 400, 403]);
    expect(await tried(made['admin'])).toEqual([200, 400, 404]);
  });

  test('who tried to administrate is in the audit log, let in or not', async () => {
    const load = (token: string) =>
      ask(server.restPort, '/v2/repository/models/fashion/load', {
        headers: { authorization: `Bearer ${token}`, 'x-request-id': 'audited' },
        body: '{}',
      });
    await load(made['admin'] ?? '');
    await load(made['read'] ?? '');
    await expect
      .poll(() =>
        readFileSync(join(folder, 'audit.jsonl'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
          .filter(({ requestId }) => requestId === 'audited'),
      )
      .toEqual([
        expect.objectContaining({
          caller: 'for-admin',
          api: 'RepositoryModelLoad',
          model: 'fashion',
          status: 'OK',
        }),
        expect.objectContaining({ caller: 'for-read', status: 'PERMISSION_DENIED' }),
      ]);
  });

  test('a running server takes up a token that is made, and drops one that is revoked', async () => {
    const token = await make('late', 'read');
    const status = async () =>
      (await ask(server.restPort, '/v1/models', { headers: { authorization: `Bearer ${token}` } })).status;
    await expect.poll(status, { timeout: 8_000 }).toBe(200);
    const listed = await runCli(['token', 'list', '--json', '--token-file', tokens]);
    const { id } = JSON.parse(listed.stdout).find((it: { name: string }) => it.name === 'late');
    expect((await runCli(['token', 'revoke', id, '--token-file', tokens])).code).toBe(0);
    await expect.poll(status, { timeout: 8_000 }).toBe(401);
    expect((await runCli(['token', 'revoke', id, '--token-file', tokens])).code).toBe(1);
  }, 30_000);

  test.each([
    ['a scope that is none', ['create', 'x', '--scope', 'all', '--token-file', 'x']],
    ['no file', ['list']],
  ])('%s is wrong usage', async (_, args) => {
    expect((await runCli(['token', ...args])).code).toBe(2);
  });

  test('a file that is none, and a token that is not there, are said in plain words', async () => {
    const aFolder = await runCli(['token', 'list', '--token-file', folder]);
    expect([aFolder.code, aFolder.stderr]).toEqual([1, 'The file of access tokens cannot be read.\n']);
    const unknown = await runCli(['token', 'revoke', 'x', '--token-file', tokens]);
    expect([unknown.code, unknown.stderr]).toEqual([1, 'There is no token x.\n']);
    const inFile = await runCli(['token', 'create', 'x', '--token-file', join(tokens, 'x.json')]);
    expect([inFile.code, inFile.stderr]).toEqual([1, 'The file of access tokens cannot be read.\n']);
  });
});

describe('the client, and slipway classify --remote', () => {
  test('lists, tells states, and classifies', async () => {
    const client = new SlipwayClient({ url: url(), token: made['admin'] });
    expect(await client.models()).toMatchObject([{ name: 'fashion', platform: 'onnx' }]);
    expect((await client.status('fashion')).find(({ state }) => state === 'AVAILABLE')?.version).toBe('3');
    await expect(client.status('none')).rejects.toMatchObject({ name: 'RefusedError', status: 404 });
    const nobody = new SlipwayClient({ url: 'http://127.0.0.1:9' });
    await expect(nobody.models()).rejects.toMatchObject({ name: 'UnreachableError' });
  });

  test('the command line asks a server as it asks a folder', async () => {
    const images = [picture('bag.png'), join(folder, 'gone.png'), picture('sneaker-1.png')];
    const args = ['classify', 'fashion', ...images, '--top', '1', '--remote', url(), '--json'];
    const { code, stdout } = await runCli([...args, '--token', made['admin'] ?? '']);
    expect(code).toBe(1);
    const elements: { version: number; classes?: { label: string }[]; error?: { code: string } }[] =
      JSON.parse(stdout);
    expect(elements.map((it) => [it.version, it.error?.code ?? it.classes?.[0]?.label])).toEqual([
      [3, 'Bag'],
      [3, 'PICTURE_NOT_FOUND'],
      [3, 'Sneaker'],
    ]);
    const refused = await runCli([...args, '--token', 'slw_wrong']);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('HTTP 401');
  });
});

describe('slipway replay', () => {
  test('asks the logged requests again, of a server or of another version in a folder', async () => {
    const client = new SlipwayClient({ url: url(), token: made['infer'] });
    for (const name of ['bag.png', 'trouser.png', 'sneaker-1.png'])
      await client.classify('fashion', readFileSync(picture(name)), { type: 'image/png' });
    const image = [Array(28).fill(Array(28).fill(0.25))];
    await client.predict('fashion', { instances: [{ image }] });
    await expect
      .poll(() => existsSync(log()) && readFileSync(log(), 'utf8').split('"api":"Predict"').length)
      .toBeGreaterThan(1);

    const again = await runCli(['replay', log(), '--url', url(), '--token', made['infer'] ?? '', '--json']);
    const sameServer = JSON.parse(again.stdout);
    expect(sameServer).toMatchObject({ different: 0, skipped: 0, unreadable: 0 });
    expect(sameServer.same).toBeGreaterThanOrEqual(4);
    expect(sameServer.sameTop).toBe(sameServer.pictures);

    const other = await runCli(['replay', log(), '--model', fashion, '--version', '1', '--json']);
    const otherVersion = JSON.parse(other.stdout);
    expect(otherVersion.different).toBeGreaterThanOrEqual(4);
    expect(otherVersion.pictures).toBeGreaterThanOrEqual(3);
    expect(otherVersion.sameTop).toBe(otherVersion.pictures);
  }, 60_000);

  test('makes a log the warm-up requests of a version, which are asked whenever it is loaded', async () => {
    const base = join(folder, 'copy');
    cpSync(join(fashion, '1'), join(base, '1'), { recursive: true });
    const place = (...more: string[]) => runCli(['warm-up', log(), '--model', base, ...more]);
    const unnamed = await place();
    expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('say --from NAME')]);
    const { code, stdout } = await place('--from', 'fashion', '--limit', '3');
    expect([code, stdout]).toEqual([0, '3 warm-up requests for version 1, 0 refused by it\n']);
    const kept = readFileSync(join(base, '1', 'assets.extra', 'slipway_warmup_requests.jsonl'), 'utf8');
    expect(kept).not.toMatch(/requestId|headers|response/);
    const warm = await startServer([`--model_base_path=${base}`]);
    try {
      await untilAvailable(warm, 'default', 1);
      expect((await ask(warm.restPort, '/monitoring/prometheus/metrics')).text.split('\n')).toContain(
        ':tensorflow:serving:model_warmup_records_read{model_path="default/1",status="OK"} 3',
      );
    } finally {
      await warm.stop();
    }
  }, 60_000);

  test('a server that is not there is said so, however its address is written', async () => {
    const { code, stderr } = await runCli(['replay', log(), '--url', '127.0.0.1:9']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('http://127.0.0.1:9')]);
    expect(stderr).not.toContain('fault of the app');
  });

  test('a file that is no request log is said to be none', async () => {
    const { code, stderr } = await runCli(['replay', tokens, '--url', 'http://127.0.0.1:9']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds no request')]);
  });

  test.each([
    ['a log that is not there', ['nowhere.jsonl', '--url', 'http://127.0.0.1:9']],
    ['nobody to ask', ['x.jsonl']],
    ['both a server and a folder', ['x.jsonl', '--url', 'http://x', '--model', 'y']],
  ])('%s is wrong usage', async (_, args) => {
    expect((await runCli(['replay', ...args])).code).toBe(2);
  });
});
