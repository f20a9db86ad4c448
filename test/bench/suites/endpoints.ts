import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { max, median } from 'simple-statistics';
import { inRepo } from '../../support/electron-app';
import { descendantsOf } from '../../support/processes';
import { type RunningServer, startServer, untilAvailable } from '../../support/running-server';
import { type Figure, figure, unmeasured } from '../figure';
import { httpRequest, type LoadRequest, type LoadResult } from '../load/load-spec';
import { load, startBareServer } from '../load/processes';
import { writeConfig } from '../load/serve-config';
import { grpcPredict, oipInfer, pixels, restPredict } from '../load/small-requests';
import type { Suite } from '../suite';

const rounds = 5;
const rawMs = 1_000;
/** The machine is faster and slower for seconds at a time: many short turns share that out. */
const jpegRounds = 12;
const jpegMs = 2_000;
const rssForMs = 12_000;
const rssEveryMs = 250;
export const cli = inRepo('dist', 'main', 'cli.cjs');
export const fashion = inRepo('app', 'resources', 'samples', 'models', 'fashion-mnist');
const imagenet = inRepo('..', 'shared', 'models', 'imagenet');
const photo = inRepo('..', 'shared', 'models', 'photos', 'labrador.jpg');
const predictMethod = '/tensorflow.serving.PredictionService/Predict';

/** What clients get out of the server, beside a bare server that does no more than needed, in turns on the same cores. */
export const endpointsSuite: Suite = {
  name: 'endpoints',
  figures: ['rest.small_per_s', 'grpc.small_per_s', 'oip.small_per_s', 'rest.jpeg_per_s', 'serve.rss_mb'],
  run: async () => [...(await smallFigures()), ...(await jpegFigures())],
};

const asRequests = (bytesOf: (seed: number) => Uint8Array): readonly LoadRequest[] =>
  Array.from({ length: 16 }, (_, seed) => ({ bytes: bytesOf(seed), expected: null }));

async function smallFigures(): Promise<readonly Figure[]> {
  const server = await serve(fashion, 1);
  const bare = await startBareServer('small', join(fashion, '1'));
  const bareGrpc = await startBareServer('grpc', join(fashion, '1'));
  try {
    const rest = asRequests((seed) => restPredict('/v1/models/bench:predict', seed));
    const grpc = {
      protocol: 'grpc',
      path: predictMethod,
      requests: asRequests((seed) => grpcPredict('bench', seed)),
    } as const;
    const asked = {
      bare: { protocol: 'http', port: bare.port, requests: rest },
      rest: { protocol: 'http', port: server.restPort, requests: rest },
      grpc: { ...grpc, port: Number(server.grpc.split(':').at(-1)) },
      bareGrpc: { ...grpc, port: bareGrpc.port },
      oip: {
        protocol: 'http',
        port: server.restPort,
        requests: asRequests((seed) => oipInfer('/v2/models/bench/infer', seed)),
      },
    } as const;
    const names = ['bare', 'rest', 'grpc', 'bareGrpc', 'oip'] as const;
    const results: Record<keyof typeof asked, LoadResult[]> = {
      bare: [],
      rest: [],
      grpc: [],
      bareGrpc: [],
      oip: [],
    };
    const raw: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const name of names) results[name].push(untroubled(await load(asked[name])));
      raw.push(await rawSmallPerSecond());
    }
    const limit = rateOf(results.bare);
    const note = `${rounds} rounds, 16 at once; limit: node:http with onnxruntime in its own process (${latency(results.bare)}); raw onnxruntime alone ${Math.round(median(raw))}/s`;
    return [
      rateFigure('rest.small_per_s', results.rest, limit, '>= 1.4 of the limit', note),
      rateFigure(
        'grpc.small_per_s',
        results.grpc,
        limit,
        '> 1.4 of the limit',
        `${note}; a bare server of @grpc/grpc-js and onnxruntime in one process ${Math.round(rateOf(results.bareGrpc))}/s (${latency(results.bareGrpc)})`,
      ),
      rateFigure('oip.small_per_s', results.oip, limit, '> 1.4 of the limit', note),
    ];
  } finally {
    bare.close();
    bareGrpc.close();
    await server.stop();
  }
}

async function jpegFigures(): Promise<readonly Figure[]> {
  const why = 'the real models are not beside this repository';
  if (!existsSync(join(imagenet, '2')) || !existsSync(photo))
    return [
      unmeasured('rest.jpeg_per_s', 'requests/s', '', why),
      unmeasured('serve.rss_mb', 'MB', '<= 360', why),
    ];
  const picture = await readFile(photo);
  const server = await serve(imagenet, 2);
  const bare = await startBareServer('jpeg', join(imagenet, '2'));
  try {
    const bytes = httpRequest('POST', '/v1/models/bench:classify', { 'content-type': 'image/jpeg' }, picture);
    const requests = [{ bytes, expected: null }];
    const results = { bare: [] as LoadResult[], ours: [] as LoadResult[] };
    const spec = { protocol: 'http', requests, concurrency: 8 } as const;
    for (let round = 0; round < jpegRounds; round++) {
      results.bare.push(untroubled(await load({ ...spec, durationMs: jpegMs, port: bare.port })));
      results.ours.push(untroubled(await load({ ...spec, durationMs: jpegMs, port: server.restPort })));
    }
    const rss: number[] = [];
    const watching = setInterval(() => rss.push(rssMb(server.pid)), rssEveryMs); // which takes time itself
    untroubled(await load({ ...spec, durationMs: rssForMs, port: server.restPort }));
    clearInterval(watching);
    const raw = await rawJpegMs();
    return [
      rateFigure(
        'rest.jpeg_per_s',
        results.ours,
        rateOf(results.bare),
        '>= 1.2 of the limit',
        `${jpegRounds} rounds, 8 at once, ${Math.round(picture.length / 1_000)} kB, imagenet/2; limit: node:http with sharp and onnxruntime in one process (${latency(results.bare)}); raw run ${raw.toFixed(1)} ms`,
      ),
      figure('serve.rss_mb', max(rss), 'MB', {
        goal: '<= 360',
        note: 'the most that engine and all its runners took together under that load',
      }),
    ];
  } finally {
    bare.close();
    await server.stop();
  }
}

/** Serves one version of a model as `bench`. */
export async function serve(
  basePath: string,
  version: number,
  ...more: readonly string[]
): Promise<RunningServer> {
  const config = await writeConfig([{ name: 'bench', basePath, versions: [version] }]);
  const server = await startServer([`--model_config_file=${config}`, ...more], cli);
  await untilAvailable(server, 'bench', version);
  return server;
}

const rateOf = (results: readonly LoadResult[]): number =>
  median(results.map(({ completed, seconds }) => completed / seconds));

const latency = (results: readonly LoadResult[]): string =>
  `p50 ${median(results.map((it) => it.p50Ms)).toFixed(2)} ms, p99 ${median(results.map((it) => it.p99Ms)).toFixed(2)} ms`;

function rateFigure(
  name: string,
  results: readonly LoadResult[],
  limit: number,
  goal: string,
  note: string,
): Figure {
  const made = figure(name, rateOf(results), 'requests/s', { limit, note: `${latency(results)}; ${note}` });
  return { ...made, goal };
}

/** A rate over failures says nothing. */
export function untroubled(result: LoadResult): LoadResult {
  if (result.failed + result.wrong > 0)
    throw new Error(
      `${result.failed} requests failed, ${result.wrong} went wrong: ${result.troubles.join('; ')}`,
    );
  return result;
}

async function rawSmallPerSecond(): Promise<number> {
  const session = await InferenceSession.create(join(fashion, '1', 'model.onnx'), { intraOpNumThreads: 1 });
  const [input = ''] = session.inputNames;
  const feed = { [input]: new Tensor('float32', Float32Array.from(pixels(1)), [1, 1, 28, 28]) };
  const until = performance.now() + rawMs;
  let runs = 0;
  for (; performance.now() < until; runs++) await session.run(feed);
  await session.release();
  return (runs * 1_000) / rawMs;
}

async function rawJpegMs(): Promise<number> {
  const session = await InferenceSession.create(join(imagenet, '2', 'model.onnx'), { intraOpNumThreads: 1 });
  const [input = ''] = session.inputNames;
  const feed = { [input]: new Tensor('float32', new Float32Array(3 * 224 * 224), [1, 3, 224, 224]) };
  const taken: number[] = [];
  for (let run = 0; run < 60; run++) {
    const startedAt = performance.now();
    await session.run(feed);
    taken.push(performance.now() - startedAt);
  }
  await session.release();
  return median(taken.slice(10));
}

/** Of a process and all that it started. */
function rssMb(pid: number): number {
  const pids = [pid, ...descendantsOf(pid)].join(',');
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', pids], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
  return (kilobytes * 1_024) / 1e6;
}
