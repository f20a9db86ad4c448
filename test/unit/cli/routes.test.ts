import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayClient } from '../../../main/client/slipway-client';
import { builtCli, runCli } from '../../support/built-cli';
import { ask } from '../../support/http-client';
import { type RunningServer, startServer, untilAvailable } from '../../support/running-server';

const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
const bag = join(samples, 'pictures', 'bag.png');

/** Versions 1 and 2 under one name; who has `plan: gold` in the body, or comes from the team, gets the second. */
const document = (first: number): string => `
version: 1
models:
  - name: fashion
    basePath: ${JSON.stringify(join(samples, 'models/fashion-mnist'))}
    policy: { kind: specific, versions: [1, 2] }
    labels: { stable: 1 }
routes:
  - name: shop
    arms:
      - { id: old, model: fashion, version: 1 }
      - { id: new, model: fashion, version: 2 }
    rules:
      - id: testers
        name: Testers
        when: [{ from: header, name: x-team, test: is, values: [qa] }]
        split: [{ arm: new, weight: 100 }]
      - id: gold
        name: Gold
        when: [{ from: context, name: plan, test: is, values: [gold] }]
        split: [{ arm: new, weight: 100 }]
    split: [{ arm: old, weight: ${first} }, { arm: new, weight: ${100 - first} }]
    stickyBy: { from: header, name: x-user }
    fallback: [old]
`;

let folder: string;
let server: RunningServer;
const url = (): string => `http://127.0.0.1:${server.restPort}`;
const at = (name: string): string => join(folder, name);
const config = (): string => at('slipway.yaml');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-routes-'));
  writeFileSync(config(), document(100));
  await builtCli();
  server = await startServer([
    `--model_config_file=${config()}`,
    '--model_config_file_poll_wait_seconds=0',
    `--request_log_file=${at('requests')}`,
    '--request_log_sampling_rate=1',
    '--log_requests',
  ]);
  await untilAvailable(server, 'fashion', 1);
  await untilAvailable(server, 'fashion', 2);
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const classify = (...more: string[]) =>
  runCli(['classify', 'shop', bag, '--top', '1', '--remote', url(), ...more]);

describe('a route of the configuration of slipway serve', () => {
  test('chooses for slipway classify --remote, by the headers that are given', async () => {
    const plain = JSON.parse((await classify('--json')).stdout);
    expect(plain).toMatchObject([{ model: 'fashion', version: 1, arm: 'old', classes: [{ label: 'Bag' }] }]);
    const tester = JSON.parse((await classify('--json', '--header', 'x-team=qa')).stdout);
    expect(tester).toMatchObject([{ version: 2, arm: 'new' }]);
    const pinned = JSON.parse((await classify('--json', '--version', '2')).stdout);
    expect(pinned).toMatchObject([{ version: 2, arm: 'new' }]);
    const table = (await classify('--header', 'x-team=qa')).stdout;
    expect(table).toContain('Arm');
    expect(table).toMatch(/2 │ new +│/);
    const wrong = await classify('--header', 'x-team');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('NAME=VALUE')]);
  }, 60_000);

  test('leaves a label of a model to be asked for by name', async () => {
    const asked = ['classify', 'fashion', bag, '--remote', url(), '--json'];
    const { code, stdout } = await runCli([...asked, '--versions', 'stable,2']);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, [{ version: 1 }, { version: 2 }]]);
    const unknown = await runCli([...asked, '--version', 'beta']);
    expect(unknown.code).toBe(1);
    expect(unknown.stdout).toContain('Unrecognized servable version label: beta');
  }, 60_000);

  test('is named in the log of requests, without what may be secret', async () => {
    await ask(server.restPort, '/v1/models/shop:classify', {
      headers: { 'content-type': 'image/png', 'x-team': 'qa', 'x-api-key': 'hush', 'x-request-id': 'logged' },
      body: readFileSync(bag),
    });
    const line = await server.until(({ event, requestId }) => event === 'request' && requestId === 'logged');
    expect(line).toMatchObject({ model: 'shop', version: 2, routed: { arm: 'new', rule: 'testers' } });
    expect(JSON.stringify(line)).not.toContain('hush');
    await expect
      .poll(() => readFileSync(at('requests.jsonl'), 'utf8'), { timeout: 15_000 })
      .toContain('"requestId":"logged"');
    const kept = readFileSync(at('requests.jsonl'), 'utf8');
    expect(kept).toContain('"routed":{"route":"shop","arm":"new","rule":"testers"');
    expect(kept).toContain('"x-team":"qa"');
    expect(kept).not.toContain('hush');
  });

  test('takes feedback from the typed client', async () => {
    const client = new SlipwayClient({ url: url() });
    const { routed } = await client.classify('shop', readFileSync(bag), { type: 'image/png' });
    expect(routed).toMatchObject({ route: 'shop', arm: 'old' });
    await client.feedback('shop', routed?.requestId ?? '', 'right');
    const view = (await ask(server.restPort, '/v1/routes/shop')).json();
    expect(view).toMatchObject({ figures: { arms: [{ arm: 'old', outcomes: { right: 1, wrong: 0 } }, {}] } });
    await client.feedback('shop', routed?.requestId ?? '', { label: 'Coat' });
    const said = [
      { requestId: routed?.requestId ?? '', verdict: { label: 'Bag' } },
      { requestId: 'none', verdict: 'wrong' },
    ] as const;
    expect(await client.feedbackAll('shop', said)).toMatchObject({
      taken: 1,
      refused: [{ requestId: 'none' }],
    });
    const judged = (await ask(server.restPort, '/v1/routes/shop')).json();
    expect(judged).toMatchObject({
      figures: { arms: [{ arm: 'old', outcomes: { right: 1, wrong: 0 } }, {}] },
    });
    await expect(client.feedback('shop', 'none', 'right')).rejects.toThrow('has answered no request none');
  });

  test('changes with its document, as a whole', async () => {
    writeFileSync(
      config(),
      document(100).replace('weight: 100 }, { arm: new, weight: 0', 'weight: 90 }, { arm: new, weight: 9'),
    );
    server.signal('SIGHUP');
    const refused = await server.until(({ event }) => event === 'configuration_refused');
    expect(refused['message']).toContain('The shares sum to 99 %, not to 100 %.');
    writeFileSync(config(), document(0));
    server.signal('SIGHUP');
    expect(await server.until(({ event }) => event === 'configuration_applied')).toMatchObject({
      models: [{ model: 'fashion', change: 'unchanged' }],
      routes: [{ route: 'shop', change: 'changed' }],
    });
    expect(JSON.parse((await classify('--json')).stdout)).toMatchObject([{ arm: 'new' }]);
  }, 30_000);
});

describe('slipway dry-run', () => {
  test('says of a request log who would go where; slipway replay then shows that they do', async () => {
    const log = await startServer([
      `--model_config_file=${config()}`,
      `--request_log_file=${at('plain')}`,
      '--request_log_sampling_rate=1',
    ]);
    try {
      await untilAvailable(log, 'fashion', 2);
      for (let user = 0; user < 60; user++)
        await ask(log.restPort, '/v1/models/fashion:predict', {
          headers: {
            'x-user': `user-${user}`,
            'x-request-id': `plain-${user}`,
            ...(user % 10 === 0 ? { 'x-team': 'qa' } : {}),
          },
          body: JSON.stringify({
            instances: [[new Array(28).fill(new Array(28).fill(0))]],
            ...(user % 10 === 1 ? { context: { plan: 'gold' } } : {}),
          }),
        });
      await expect
        .poll(() => readFileSync(at('plain.jsonl'), 'utf8').split('\n').length, { timeout: 15_000 })
        .toBe(61);
    } finally {
      await log.stop();
    }

    writeFileSync(at('draft.yaml'), document(50));
    const run = await runCli(['dry-run', at('plain.jsonl'), '--config', at('draft.yaml'), '--json']);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const tried = JSON.parse(run.stdout) as {
      result: { arms: { arm: string; after: number }[]; rules: unknown };
    };
    expect(tried).toMatchObject({
      route: 'shop',
      skipped: 0,
      unreadable: 0,
      result: { requests: 60, moved: 0 },
    });
    expect(tried.result.rules).toEqual([
      { rule: 'testers', requests: 6 },
      { rule: 'gold', requests: 6 },
      { rule: null, requests: 48 },
    ]);

    writeFileSync(config(), document(50));
    server.signal('SIGHUP');
    await expect
      .poll(async () => (await routeOf(server)).route.split[0]?.weight, { timeout: 15_000 })
      .toBe(50);
    const replayed = await runCli(['replay', at('plain.jsonl'), '--url', url(), '--as', 'shop', '--json']);
    expect(JSON.parse(replayed.stdout)).toMatchObject({ requests: 60, answered: 60 });
    const { figures } = await routeOf(server);
    expect(tried.result.arms.map(({ arm, after }) => [arm, after])).toEqual(
      figures.arms.map(({ arm, requests }) => [arm, requests]),
    );
    const table = (await runCli(['dry-run', at('plain.jsonl'), '--config', at('draft.yaml')])).stdout;
    expect(table).toContain('audience testers');
    expect(table).toContain('10 %');
  }, 90_000);

  test.each([
    ['a log that is not there', ['none.jsonl', '--config', 'slipway.yaml'], 'There is no file'],
    ['a document that is not there', ['plain.jsonl', '--config', 'none.yaml'], 'There is no file'],
    ['a route that it lacks', ['plain.jsonl', '--config', 'slipway.yaml', '--route', 'x'], 'no route x'],
    ['a document of another kind', ['plain.jsonl', '--config', 'models.config'], 'which alone has routes'],
  ])('refuses %s', async (_, args, message) => {
    writeFileSync(at('models.config'), 'model_config_list {}');
    const run = await runCli(['dry-run', ...args.map((it) => (it.includes('.') ? at(it) : it))]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('refuses a route that is not right, with the place', async () => {
    writeFileSync(at('wrong.yaml'), document(50).replace('weight: 50', 'weight: 51'));
    const run = await runCli(['dry-run', at('plain.jsonl'), '--config', at('wrong.yaml')]);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('routes[0].split')]);
  });
});

interface ShownRoute {
  readonly route: { readonly split: readonly { readonly weight: number }[] };
  readonly figures: { readonly arms: readonly { readonly arm: string; readonly requests: number }[] };
}

const routeOf = async ({ restPort }: RunningServer): Promise<ShownRoute> =>
  (await ask(restPort, '/v1/routes/shop')).json() as ShownRoute;
