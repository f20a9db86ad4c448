import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from 'simple-statistics';
import type { Engine } from '../../../main/engine-api';
import { inRepo } from '../../support/electron-app';
import { type Figure, figure } from '../figure';
import type { Suite } from '../suite';
import { untilLoaded } from '../support/load';
import { started } from '../support/started-engine';
import { fashion } from './endpoints';

/** Many short turns, so that what else the machine does concerns both. */
const interactiveRounds = 15;
const asksOfARound = 50;
const meanGapMs = 60;
const settleMs = 1_000;

/** What jobs do to people who ask meanwhile, and what the search for the best way to run a version gains. */
export const jobsSuite: Suite = {
  name: 'jobs',
  figures: ['interactive.p95_ratio', 'autotune.gain', 'autotune.s'],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      return [await interactive(folder), ...(await tune(folder))];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

interface Asked {
  readonly basePath: string;
  readonly version: number;
  readonly picture: Uint8Array;
  /** What the batch is about meanwhile. */
  readonly input: string;
  readonly name: string;
}

/** One person, or program, that asks at random times, with and without a batch over the very version that answers. */
async function interactive(folder: string): Promise<Figure> {
  const { basePath, version: asked, picture, input, name } = await askedAbout(folder);
  const engine = await started({
    stateFolder: join(folder, 'state'),
    models: [{ name: 'm', basePath, policy: { kind: 'specific', versions: [asked] } }],
  });
  try {
    await untilLoaded(engine, 'm', (available) => available.length === 1);
    const { id } = engine.jobs.classifyBatch(
      { model: 'm', versions: [asked], top: 5, input: { kind: 'list', path: input } },
      'bench',
    );
    while (engine.jobs.get(id).progress.done === 0) await sleep(20);
    const quiet: number[] = [];
    const beside: number[] = [];
    let answered = 0;
    for (let round = 0; round < interactiveRounds; round++) {
      engine.jobs.pause(id);
      await sleep(settleMs);
      quiet.push(...(await askAround(engine, asked, picture)));
      engine.jobs.resume(id);
      for (const { done } = engine.jobs.get(id).progress; engine.jobs.get(id).progress.done === done; )
        await sleep(20);
      const before = engine.jobs.get(id).progress.done;
      beside.push(...(await askAround(engine, asked, picture)));
      answered += engine.jobs.get(id).progress.done - before;
    }
    engine.jobs.cancel(id);
    const [p95Beside, p95Quiet] = [quantile(beside, 0.95), quantile(quiet, 0.95)];
    return figure('interactive.p95_ratio', p95Beside / p95Quiet, '', {
      goal: '<= 1.2',
      note: `p95 of ${name}, asked every ${meanGapMs} ms in the mean: ${p95Beside.toFixed(1)} ms beside a batch over the same version, ${p95Quiet.toFixed(1)} ms without; ${quiet.length} requests each, in ${interactiveRounds} turns; the batch answered ${answered} pictures meanwhile`,
    });
  } finally {
    await engine.close();
  }
}

/** The real models where they are beside this repository, since what takes longer is in the way for longer; else the sample. */
async function askedAbout(folder: string): Promise<Asked> {
  const models = inRepo('..', 'shared', 'models');
  const isReal = existsSync(join(models, 'imagenet', '2'));
  const from = isReal ? join(models, 'photos') : inRepo('app', 'resources', 'samples', 'pictures');
  const files = (await readdir(from)).map((file) => join(from, file));
  const list = join(folder, 'list.txt');
  const repeated = Array.from({ length: 100_000 }, (_, item) => files[item % files.length]);
  await writeFile(list, repeated.join('\n'));
  return {
    basePath: isReal ? join(models, 'imagenet') : fashion,
    version: isReal ? 2 : 3,
    picture: await readFile(isReal ? join(models, 'photos', 'labrador.jpg') : join(from, 'coat.png')),
    input: list,
    name: isReal ? 'a photo and MobileNetV2' : 'a small picture and the sample',
  };
}

/** Milliseconds from each question to its answer. */
async function askAround(engine: Engine, asked: number, picture: Uint8Array): Promise<readonly number[]> {
  const takenMs: number[] = [];
  for (let ask = 0; ask < asksOfARound; ask++) {
    await sleep(2 * meanGapMs * Math.random());
    const startedAt = performance.now();
    await engine.inference.classify({ model: 'm', version: { version: asked }, picture, top: 5 });
    takenMs.push(performance.now() - startedAt);
  }
  return takenMs;
}

/** From the way a model runs that nobody has set anything about. */
async function tune(folder: string): Promise<readonly Figure[]> {
  const { basePath, version: asked, name } = await askedAbout(folder);
  const engine = await started({
    stateFolder: join(folder, 'tuned'),
    models: [{ name: 'm', basePath, policy: { kind: 'specific', versions: [] } }],
  });
  try {
    const startedAt = performance.now();
    const { id } = engine.jobs.autotune(
      { model: 'm', version: asked, p95BoundMs: 100, applies: true },
      'bench',
    );
    while (!['done', 'failed'].includes(engine.jobs.get(id).state)) await sleep(20);
    const seconds = (performance.now() - startedAt) / 1_000;
    const report = await engine.jobs.tuningOf(id);
    if (!report) throw new Error(engine.jobs.get(id).error?.detail);
    const { instances, intraOpThreads, maxBatchSize, batchTimeoutMicros } = report.best.point;
    const best = `instances ${instances}, threads ${intraOpThreads}, batch ${maxBatchSize}, delay ${batchTimeoutMicros} µs`;
    return [
      figure('autotune.gain', report.gain, '', {
        goal: '>= 1',
        note: `requests a second of the best as a multiple of the defaults', measured again in turns, 95 of 100 within ${report.p95BoundMs} ms; ${name}; best: ${best}`,
      }),
      figure('autotune.s', seconds, 's', {
        goal: '<= 120',
        note: `${report.table.length} ways tried${report.isComplete ? '' : ', time ran out'}`,
      }),
    ];
  } finally {
    await engine.close();
  }
}
