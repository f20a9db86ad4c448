import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { max, median } from 'simple-statistics';
import { inRepo } from '../../support/electron-app';
import { type Figure, figure, unmeasured } from '../figure';
import { startRawLoops } from '../load/processes';
import type { Suite } from '../suite';
import { perSecond, startBenchEngine } from '../support/bench-engine';
import { untilLoaded } from '../support/load';
import { treeCpuMs } from '../support/process-tree';
import { fashion } from './endpoints';

const rounds = 5;
const roundMs = 3_000;
const picturesInFlight = 16;
const tensorsInFlight = 32;
const shared = inRepo('..', 'shared', 'models');
const imagenet = join(shared, 'imagenet');
const photo = join(shared, 'photos', 'labrador.jpg');

/** What a runner gets out of the cores, beside a loop that does nothing else and beside itself without batching. */
export const runnersSuite: Suite = {
  name: 'runners',
  figures: ['classify.jpeg_per_s', 'batching.gain'],
  run: async () => [await jpegFigure(), await batchingFigure()],
};

/** Ways to use the cores: so many processes with so many threads for their runs. */
function arrangements(): readonly { readonly processes: number; readonly threads: number }[] {
  const cores = availableParallelism();
  const all = [
    { processes: 1, threads: 1 },
    { processes: 1, threads: cores },
    { processes: cores, threads: 1 },
  ];
  return cores === 1 ? all.slice(0, 1) : all;
}

async function jpegFigure(): Promise<Figure> {
  const modelFile = join(imagenet, '2', 'model.onnx');
  const goal = '>= 0.90 of the limit';
  if (!existsSync(modelFile) || !existsSync(photo))
    return unmeasured(
      'classify.jpeg_per_s',
      'pictures/s',
      goal,
      'the real models are not beside this repository',
    );
  const picture = await readFile(photo);
  const { engine, close } = await startBenchEngine([
    { name: 'imagenet', basePath: imagenet, policy: { kind: 'specific', versions: [2] } },
  ]);
  const loops: {
    readonly what: string;
    readonly rates: number[];
    readonly loop: Awaited<ReturnType<typeof startRawLoops>>;
  }[] = [];
  try {
    await untilLoaded(engine, 'imagenet', (available) => available.includes(2));
    for (const { processes, threads } of arrangements()) {
      const what = `${processes} × ${threads}`;
      loops.push({
        what,
        rates: [],
        loop: await startRawLoops(processes, [modelFile, photo, String(threads)]),
      });
    }
    const ask = () => engine.inference.classify({ model: 'imagenet', version: 'latest', picture, top: 5 });
    const ours: number[] = [];
    await perSecond(picturesInFlight, 500, ask);
    for (let round = 0; round < rounds; round++) {
      ours.push(await perSecond(picturesInFlight, roundMs, ask));
      for (const { rates, loop } of loops) rates.push(await loop.perSecond(roundMs));
    }
    const rated = loops.map(({ what, rates }) => ({ what, rate: median(rates) }));
    const limit = max(rated.map(({ rate }) => rate));
    const tried = rated.map(({ what, rate }) => `${what}: ${rate.toFixed(0)}`).join(', ');
    const made = figure('classify.jpeg_per_s', median(ours), 'pictures/s', {
      limit,
      note: `imagenet/2, ${picturesInFlight} in flight, ${Math.round(picture.length / 1_000)} kB, as the engine runs it by itself; medians of ${rounds} rounds in turns; limit: the best of tight loops of sharp and onnxruntime, processes × threads: ${tried}`,
    });
    return { ...made, goal };
  } finally {
    for (const { loop } of loops) loop.close();
    await close();
  }
}

async function batchingFigure(): Promise<Figure> {
  const own = join(shared, 'fashion-mnist');
  const isReal = existsSync(join(own, '3'));
  const entry = { basePath: isReal ? own : fashion, policy: { kind: 'specific' as const, versions: [3] } };
  const { engine, close } = await startBenchEngine([
    { name: 'together', ...entry },
    { name: 'singly', ...entry, running: { batching: 'off' } },
  ]);
  try {
    const models = { together: measured(), singly: measured() };
    const names = ['together', 'singly'] as const;
    for (const name of names) await untilLoaded(engine, name, (available) => available.includes(3));
    const { inputs } = await engine.inference.describe('together', 3);
    const [input] = inputs;
    if (!input) throw new Error('The model has no input');
    const shape = input.shape.map((size) => (typeof size === 'number' ? size : 1));
    const data = Float32Array.from(
      { length: shape.reduce((all, size) => all * size, 1) },
      (_, at) => (at % 7) / 7,
    );
    const feeds = { [input.name]: { dtype: input.dtype, shape, data } };
    for (let round = 0; round <= rounds; round++)
      for (const name of names) {
        const request = { model: name, version: 'latest' as const, inputs: feeds, outputs: [] };
        const cpuMs = treeCpuMs();
        const rate = await perSecond(tensorsInFlight, roundMs / 2, () => engine.inference.predict(request));
        if (round === 0) continue; // a warm-up
        models[name].rates.push(rate);
        models[name].cpuMs.push(((treeCpuMs() ?? 0) - (cpuMs ?? 0)) / ((rate * roundMs) / 2_000));
      }
    const { together, singly } = models;
    const batches =
      engine.models.get('together')?.versions.find(({ version }) => version === 3)?.batches ?? [];
    const usual = [...batches].sort((a, b) => b.size * b.runs - a.size * a.runs)[0]?.size ?? 1;
    const cpu =
      treeCpuMs() === undefined
        ? ''
        : `; processor time a request ${median(together.cpuMs).toFixed(3)} ms, singly ${median(singly.cpuMs).toFixed(3)} ms`;
    return figure('batching.gain', median(together.rates) / median(singly.rates), '×', {
      goal: '>= 1',
      note: `${isReal ? '' : 'the sample’s '}fashion-mnist/3, tensors, ${tensorsInFlight} in flight: ${median(together.rates).toFixed(0)}/s as the engine puts them together by itself (mostly ${usual}), ${median(singly.rates).toFixed(0)}/s one by one; medians of ${rounds} rounds in turns${cpu}`,
    });
  } finally {
    await close();
  }
}

const measured = () => ({ rates: [] as number[], cpuMs: [] as number[] });
