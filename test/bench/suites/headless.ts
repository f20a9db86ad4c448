import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { inRepo } from '../../support/electron-app';
import { ask } from '../../support/http-client';
import { startServer, untilAvailable } from '../../support/running-server';
import { type Figure, figure } from '../figure';
import { load, startBareServer } from '../load/processes';
import { writeConfig } from '../load/serve-config';
import { restPredict } from '../load/small-requests';
import type { Suite } from '../suite';
import { cli, fashion, untroubled } from './endpoints';

const rounds = 5;
const perSecond = 100;
const askedMs = 6_000;
const askEveryMs = 5;

/** How fast a server is there, and what its clients notice of another model that loads. */
export const headlessSuite: Suite = {
  name: 'headless',
  figures: ['start.headless_ms', 'load.p99_ratio'],
  run: async () => [await startFigure(), await loadFigure()],
};

async function startFigure(): Promise<Figure> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const server = await startServer([`--model_base_path=${fashion}`], cli);
    const body = JSON.stringify({ instances: [[Array(28).fill(Array(28).fill(0.5))]] });
    while ((await ask(server.restPort, '/v1/models/default:predict', { body })).status !== 200)
      await sleep(askEveryMs);
    taken.push(performance.now() - startedAt);
    await server.stop();
  }
  return figure('start.headless_ms', median(taken), 'ms', {
    goal: '<= 1000',
    note: `median of ${rounds}: from the start of the process to the first answer of the Fashion-MNIST sample`,
  });
}

async function loadFigure(): Promise<Figure> {
  const imagenet = inRepo('..', 'shared', 'models', 'imagenet');
  const isReal = existsSync(imagenet);
  const other = { name: 'other', basePath: isReal ? imagenet : fashion, versions: [2] };
  const served = { name: 'bench', basePath: fashion, versions: [1] };
  const config = await writeConfig([served]);
  const server = await startServer(
    [`--model_config_file=${config}`, '--model_config_file_poll_wait_seconds=0.1'],
    cli,
  );
  const bare = await startBareServer('small', join(fashion, '1'));
  let loads = 0;
  const loadModelsUntil = async (isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      await writeConfig([served, other], config);
      await untilState(server.restPort, (text) => text.includes('"AVAILABLE"'), isOver);
      loads++;
      await writeConfig([served], config);
      await untilState(server.restPort, (_text, status) => status === 404, isOver);
    }
  };
  try {
    await untilAvailable(server, 'bench', 1);
    const own: P99s[] = [];
    const limit: P99s[] = [];
    for (let round = 0; round < rounds; round++) {
      own.push(await besideLoads(server.restPort, loadModelsUntil));
      limit.push(await besideLoads(bare.port, loadModelsUntil));
    }
    const inWords = (p99s: readonly P99s[]): string =>
      `${median(p99s.map(({ quietMs }) => quietMs)).toFixed(1)} and ${median(p99s.map(({ besideMs }) => besideMs)).toFixed(1)} ms`;
    return figure('load.p99_ratio', median(own.map(ratioOf)), '', {
      goal: '<= 1.25',
      limit: median(limit.map(ratioOf)),
      note: `median of ${rounds}: p99 of ${perSecond} small requests a second while ${isReal ? 'imagenet/2' : 'another model'} loads and unloads without a pause (${loads} times in all), over p99 without (${inWords(own)}); limit: the same of a process that has no part in the loads, node:http with onnxruntime (${inWords(limit)})`,
    });
  } finally {
    bare.close();
    await server.stop();
  }
}

/** p99 of a server while nothing else happens, and while models load and unload. */
interface P99s {
  readonly quietMs: number;
  readonly besideMs: number;
}

const ratioOf = ({ quietMs, besideMs }: P99s): number => besideMs / quietMs;

async function besideLoads(
  port: number,
  loadModelsUntil: (isOver: () => boolean) => Promise<void>,
): Promise<P99s> {
  const requests = [{ bytes: restPredict('/v1/models/bench:predict', 1), expected: null }];
  const spec = { protocol: 'http', port, requests, concurrency: 4, perSecond, durationMs: askedMs } as const;
  const { p99Ms: quietMs } = untroubled(await load(spec));
  let isOver = false;
  const asking = load(spec).finally(() => {
    isOver = true;
  });
  await loadModelsUntil(() => isOver);
  return { quietMs, besideMs: untroubled(await asking).p99Ms };
}

async function untilState(
  port: number,
  isSo: (text: string, status: number) => boolean,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const { text, status } = await ask(port, '/v1/models/other');
    if (isSo(text, status)) return;
    await sleep(askEveryMs);
  }
}
