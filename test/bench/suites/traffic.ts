import { build, decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { median, quantileSorted } from 'simple-statistics';
import { type NewRoute, type Route, routeSchema } from '../../../app/contract/routes';
import type { RequestAttributes } from '../../../main/traffic/request-attributes';
import { type Leaf, Router, type Targets } from '../../../main/traffic/router';
import { type RunningServer, startServer, untilAvailable } from '../../support/running-server';
import { type Figure, figure } from '../figure';
import type { LoadRequest, LoadResult } from '../load/load-spec';
import { load } from '../load/processes';
import { writeConfig } from '../load/serve-config';
import { restPredict } from '../load/small-requests';
import type { Suite } from '../suite';
import { cli, fashion, untroubled } from './endpoints';

const rules = 10;
const choices = 200_000;
const rounds = 7;
/** Short and many, so that whatever else the machine does falls on both alike. */
const pacedRounds = 20;
const pacedPerSecond = 150;
const pacedMs = 2_000;
const fullMs = 1_500;

/** What a route costs, and what its shadow costs those who are answered. */
export const trafficSuite: Suite = {
  name: 'traffic',
  figures: ['route.choose_p50_us', 'route.small_per_s', 'shadow.p99_ratio'],
  run: async () => [chooseFigure(), ...(await servedFigures())],
};

const arms = [1, 2, 3].map((version) => ({ id: `v${version}`, model: 'bench', version }));

/** Ten audiences, of which the last fits one request of ten; sticky for everyone else. */
const tenRules: Route = routeSchema.parse({
  name: 'shop',
  arms,
  rules: Array.from({ length: rules }, (_, at) => ({
    id: `rule-${at}`,
    name: `Audience ${at}`,
    when: [
      { from: 'header', name: 'x-team', test: 'is', values: [`team-${at}`] },
      { from: 'header', name: 'x-plan', test: 'isNot', values: ['free'] },
    ],
    split: [{ arm: 'v3', weight: 100 }],
  })),
  split: [
    { arm: 'v1', weight: 80 },
    { arm: 'v2', weight: 15 },
    { arm: 'v3', weight: 5 },
  ],
  stickyBy: { from: 'header', name: 'x-user' },
  fallback: ['v1'],
} satisfies NewRoute);

const everything: Targets = {
  find: ({ model, version }): Leaf => ({ model, version: version ?? 1, waiting: 0 }),
};

const requestOf = (at: number): RequestAttributes => ({
  requestId: `0b0f5d0c-6f5e-4a3e-9d51-${String(at).padStart(12, '0')}`,
  headers: {
    host: '127.0.0.1:8501',
    connection: 'keep-alive',
    'content-type': 'application/json',
    'content-length': '3141',
    'user-agent': 'bench',
    accept: '*/*',
    'x-team': at % rules === 0 ? `team-${rules - 1}` : 'nobody',
    'x-user': `user-${at}`,
  },
  token: null,
  context: {},
  parameters: {},
});

function chooseFigure(): Figure {
  const router = new Router([tenRules], everything);
  const requests = Array.from({ length: 1_000 }, (_, at) => requestOf(at));
  const taken = new Float64Array(choices);
  let chosen = 0;
  for (let run = -choices / 10; run < choices; run++) {
    const request = requests[((run % 1_000) + 1_000) % 1_000] ?? requestOf(0);
    const startedAt = process.hrtime.bigint();
    if (router.choose('shop', request)) chosen++;
    const endedAt = process.hrtime.bigint();
    if (run >= 0) taken[run] = Number(endedAt - startedAt) / 1_000;
  }
  if (chosen < choices) throw new Error('A request found no arm');
  taken.sort();
  const [p50, p99] = [0.5, 0.99].map((share) => quantileSorted(Array.from(taken), share));
  return figure('route.choose_p50_us', p50 ?? 0, 'µs', {
    goal: '<= 5',
    note: `${rules} rules of two conditions, three arms, sticky by a header; each of ${choices} choices timed by itself, the clock's own cost included; p99 ${p99?.toFixed(1)} µs`,
  });
}

async function servedFigures(): Promise<readonly Figure[]> {
  const config = await writeConfig([{ name: 'bench', basePath: fashion, versions: [1, 2] }]);
  const server = await startServer([`--model_config_file=${config}`], cli);
  try {
    for (const version of [1, 2]) await untilAvailable(server, 'bench', version);
    return [await routeFigure(server), await shadowFigure(server)];
  } finally {
    await server.stop();
  }
}

const oneArm = (isShadowOn: boolean) => ({
  arms: arms.slice(0, 2),
  split: [{ arm: 'v1', weight: 100 }],
  fallback: ['v1'],
  shadow: { arm: 'v2', percent: 100, isOn: isShadowOn },
});

async function save({ restPort }: RunningServer, route: unknown): Promise<void> {
  const url = `http://127.0.0.1:${restPort}/v1/routes/shop`;
  const { status } = await fetch(url, { method: 'PUT', body: JSON.stringify(route) });
  if (status !== 200) throw new Error(`The route was refused: ${status}`);
}

/** The order alternates from round to round. */
const inTurns = <const A, const B>(round: number, one: A, other: B): readonly (A | B)[] =>
  round % 2 === 0 ? [one, other] : [other, one];

const requestsTo = (path: string): readonly LoadRequest[] =>
  Array.from({ length: 16 }, (_, seed) => ({ bytes: restPredict(path, seed), expected: null }));

const rateOf = (results: readonly LoadResult[]): number =>
  median(results.map(({ completed, seconds }) => completed / seconds));

/** The same requests, asked of the model and of a route that leads to it, in turns. */
async function routeFigure(server: RunningServer): Promise<Figure> {
  await save(server, { ...tenRules, name: 'shop', arms: arms.slice(0, 2), ...twoArms });
  const results = { direct: [] as LoadResult[], routed: [] as LoadResult[] };
  const paths = { direct: '/v1/models/bench/versions/1:predict', routed: '/v1/models/shop:predict' };
  for (let round = 0; round < rounds; round++)
    for (const name of inTurns(round, 'direct', 'routed'))
      results[name].push(
        untroubled(
          await load({
            protocol: 'http',
            port: server.restPort,
            requests: requestsTo(paths[name]),
            durationMs: fullMs,
          }),
        ),
      );
  const p50 = (name: keyof typeof results): string =>
    median(results[name].map(({ p50Ms }) => p50Ms)).toFixed(2);
  return figure('route.small_per_s', rateOf(results.routed), 'requests/s', {
    limit: rateOf(results.direct),
    note: `through a route of ${rules} rules, 16 at once, median of ${rounds} rounds; limit: the same model by its own name (p50 ${p50('direct')} ms, through the route ${p50('routed')} ms)`,
  });
}

/** Ten rules that fit nobody, so that all goes to version 1. */
const twoArms = {
  rules: tenRules.rules.map((rule) => ({ ...rule, split: [{ arm: 'v2', weight: 100 }] })),
  split: [{ arm: 'v1', weight: 100 }],
};

/**
 * Paced, so that there is room for the copies: with and without a shadow in turns, on the same route, and once more without, which
 * says how far two turns differ of which neither has one.
 */
async function shadowFigure(server: RunningServer): Promise<Figure> {
  const requests = requestsTo('/v1/models/shop:predict');
  const spec = { protocol: 'http', port: server.restPort, requests, concurrency: 8 } as const;
  const paced = { ...spec, perSecond: pacedPerSecond, durationMs: pacedMs };
  const results = { off: [] as LoadResult[], on: [] as LoadResult[], offAgain: [] as LoadResult[] };
  for (let round = 0; round < pacedRounds; round++)
    for (const shadow of [...inTurns(round, 'off', 'on'), 'offAgain'] as const) {
      await save(server, oneArm(shadow === 'on'));
      results[shadow].push(untroubled(await load(paced)));
    }
  const together = {
    off: takenTogether(results.off),
    on: takenTogether(results.on),
    offAgain: takenTogether(results.offAgain),
  };
  const msOf = (shadow: keyof typeof results, percentile: number): number =>
    together[shadow].getValueAtPercentile(percentile) / 1_000;
  const ratios = results.on
    .map(({ p99Ms }, round) => p99Ms / (results.off[round]?.p99Ms ?? 1))
    .sort((a, b) => a - b);
  const copies = await copiesOf(server);
  return figure('shadow.p99_ratio', msOf('on', 99) / msOf('off', 99), '×', {
    goal: '<= 1.02',
    note: `p99 with every request copied (${msOf('on', 99).toFixed(2)} ms) over that without (${msOf('off', 99).toFixed(2)} ms), p50 ${msOf('on', 50).toFixed(2)} and ${msOf('off', 50).toFixed(2)} ms; all of ${pacedRounds} rounds of ${(pacedPerSecond * pacedMs) / 1_000} requests each in turns, ${pacedPerSecond}/s, as the client sees them; half of the rounds gave ${quantileSorted(ratios, 0.25).toFixed(2)} to ${quantileSorted(ratios, 0.75).toFixed(2)}; the same without a shadow either time: ${(msOf('offAgain', 99) / msOf('off', 99)).toFixed(2)}; ${copies} in all`,
  });
}

function takenTogether(results: readonly LoadResult[]): Histogram {
  const all = build();
  for (const { latencies } of results) all.add(decodeFromCompressedBase64(latencies));
  return all;
}

async function copiesOf({ restPort }: RunningServer): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${restPort}/v1/routes/shop`);
  const { figures } = (await answer.json()) as {
    figures: { shadow: { copied: number; dropped: number } };
  };
  return `${figures.shadow.copied} copied, ${figures.shadow.dropped} dropped`;
}
