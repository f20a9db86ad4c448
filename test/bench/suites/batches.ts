import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql/promise';
import sharp from 'sharp';
import { median } from 'simple-statistics';
import { fashionName, hasFashionMnist, writeFashionPictures } from '../../support/fashion-pictures';
import { type Figure, figure } from '../figure';
import { rawFashionMnist } from '../raw-classifier';
import type { Suite } from '../suite';
import { started } from '../support/started-engine';
import { cli, fashion } from './endpoints';

const pictures = 10_000;
const rounds = 3;
/** As many as keep sharp's threads busy: the loop is to be as fast as a loop can be. */
const rawLanes = 8;
const version = 3;
/** Batches beside a tight loop of the same work, and after kill -9. */
export const batchesSuite: Suite = {
  name: 'batches',
  figures: ['batch.images_per_s', 'batch.resume_redone'],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      const input = join(folder, 'pictures');
      await writeFashionPictures(input, pictures);
      return [await throughput(folder, input), await resume(join(folder, 'out.csv'), input)];
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
