import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql/promise';
import sharp from 'sharp';
import { median, quantile } from 'simple-statistics';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { inRepo } from '../../support/electron-app';
import { fashionName, hasFashionMnist, writeFashionPictures } from '../../support/fashion-pictures';
import { type Figure, figure } from '../figure';
import { rawFashionMnist } from '../raw-classifier';
import type { Suite } from '../suite';
import { untilLoaded } from '../support/load';
import { cli, fashion } from './endpoints';

const pictures = 10_000;
const rounds = 3;
/** As many as keep sharp's threads busy: the loop is to be as fast as a loop can be. */
const rawLanes = 8;
const version = 3;
/** Many short turns, so that what else the machine does concerns both. */
const interactiveRounds = 15;
const asksOfARound = 50;
const meanGapMs = 60;
const settleMs = 1_000;

/** Batches beside a tight loop of the same work, after kill -9, and beside people. */
export const batchesSuite: Suite = {
  name: 'batches',
  figures: [
    'batch.images_per_s',
    'batch.resume_redone',
    'interactive.p95_ratio',
    'autotune.gain',
    'autotune.s',
  ],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      const input = join(folder, 'pictures');
      await writeFashionPictures(input, pictures);
      return [
        await throughput(folder, input),
        await resume(join(folder, 'out.csv'), input),
        await interactive(folder, input),
        ...(await tune(folder, input)),
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function throughput(folder: string, input: string): Promise<Figure> {
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await batchPerSecond(join(folder, `jobs-${round}`), input));
    raw.push(await rawPerSecond(input));
  }
  const origin = hasFashionMnist
    ? 'the Fashion-MNIST test pictures'
    : 'the sample’s pictures again and again';
  const made = figure('batch.images_per_s', median(ours), 'pictures/s', {
    limit: median(raw),
    note: `${pictures} files, ${origin}, version ${version}, from the call until the last row is kept, loading included; median of ${rounds}; limit: files, sharp and onnxruntime in one loop, ${rawLanes} at once`,
  });
  return { ...made, goal: '>= 0.85 of the limit' };
}

const started = async (more: Partial<Parameters<typeof createEngine>[0]>): Promise<Engine> =>
  createEngine({
    spawnRunner: createNodeSpawn(await builtRunner()),
    stateFolder: null,
    samplesFolder: null,
    settings: { stabilityMs: 0 },
    ...more,
  });

async function batchPerSecond(place: string, input: string): Promise<number> {
  const models = [
    { name: 'm', basePath: fashion, policy: { kind: 'specific' as const, versions: [] as number[] } },
  ];
  const jobs = { file: `${place}.db`, partsFolder: place, isBackground: false };
  const engine = await started({ models, jobs });
  try {
    const startedAt = performance.now();
    const { id } = engine.jobs.classifyBatch(
      { model: 'm', versions: [version], top: 5, input: { kind: 'folder', path: input } },
      'bench',
    );
    while (engine.jobs.get(id).state !== 'done') await sleep(5);
    return (pictures / (performance.now() - startedAt)) * 1_000;
  } finally {
    await engine.close();
  }
}

async function rawPerSecond(input: string): Promise<number> {
  sharp.concurrency(1); // threads of one picture are in the way of the next one
  sharp.cache(false);
  const raw = await rawFashionMnist(join(fashion, String(version), 'model.onnx'));
  let next = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    for (let item = next++; item < pictures; item = next++)
      await raw.classify(await readFile(join(input, fashionName(item))));
  };
  await Promise.all(Array.from({ length: rawLanes }, work));
  const perSecond = (pictures / (performance.now() - startedAt)) * 1_000;
  await raw.close();
  return perSecond;
}

/** What had been answered is marked before going on: an answer that lost its mark was given twice. */
async function resume(output: string, input: string): Promise<Figure> {
  const args = [cli, 'batch', fashion, '--versions', '2', '--input', input, '--output', output];
  const kept = `${output}.batch`;
  const killed = spawn(process.execPath, args, { stdio: 'ignore' });
  const gone = once(killed, 'exit');
  while (!existsSync(kept)) await sleep(20);
  const db = new Database(kept, {});
  await db.exec('PRAGMA busy_timeout = 5000');
  const answered = async (): Promise<number> => {
    const rows = await (await db.prepare('SELECT count(answers) AS count FROM batch_items')).all();
    return (rows as { count: number }[])[0]?.count ?? 0;
  };
  while ((await answered().catch(() => 0)) < pictures / 3) await sleep(20); // the tables may not be there yet
  killed.kill('SIGKILL');
  await gone;
  const before = await answered();
  await db.exec(
    `UPDATE batch_items SET answers = replace(answers, '"label":"', '"label":"kept ') WHERE answers IS NOT NULL`,
  );
  db.close();
  const resumed = spawn(process.execPath, [...args, '--resume'], { stdio: 'ignore' });
  const [code] = await once(resumed, 'exit');
  const lines = (await readFile(output, 'utf8')).trim().split('\n').slice(1);
  const marked = lines.filter((line) => line.includes(',kept ')).length;
  if (code !== 0 || lines.length !== pictures) throw new Error(`Resumed with ${code}, ${lines.length} rows`);
  return figure('batch.resume_redone', before - marked, 'pictures', {
    goal: '= 0',
    note: `${before} of ${pictures} had been answered when the process was killed; all ${lines.length} rows are there after --resume`,
  });
}

interface Asked {
  readonly basePath: string;
  readonly version: number;
  readonly picture: Uint8Array;
  /** What the batch is about meanwhile. */
  readonly input: string;
  readonly name: string;
}

/** One person, or program, that asks at random times, with and without a batch over the very version that answers. */
async function interactive(folder: string, fashionInput: string): Promise<Figure> {
  const { basePath, version: asked, picture, input, name } = await askedAbout(folder, fashionInput);
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
async function askedAbout(folder: string, fashionInput: string): Promise<Asked> {
  const models = inRepo('..', 'shared', 'models');
  const isReal = existsSync(join(models, 'imagenet', '2'));
  const from = isReal ? join(models, 'photos') : join(fashionInput, '0');
  const files = (await readdir(from)).map((file) => join(from, file));
  const list = join(folder, 'list.txt');
  const repeated = Array.from({ length: 100_000 }, (_, item) => files[item % files.length]);
  await writeFile(list, repeated.join('\n'));
  return {
    basePath: isReal ? join(models, 'imagenet') : fashion,
    version: isReal ? 2 : version,
    picture: await readFile(
      isReal ? join(models, 'photos', 'labrador.jpg') : join(fashionInput, fashionName(0)),
    ),
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
async function tune(folder: string, fashionInput: string): Promise<readonly Figure[]> {
  const { basePath, version: asked, name } = await askedAbout(folder, fashionInput);
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
