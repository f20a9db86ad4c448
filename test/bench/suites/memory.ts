import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { max, mean, median } from 'simple-statistics';
import type { Engine } from '../../../main/engine-api';
import { inRepo } from '../../support/electron-app';
import { graphModelFiles } from '../../support/tfjs-models';
import { type Figure, figure, unmeasured } from '../figure';
import type { Suite } from '../suite';
import { startBenchEngine } from '../support/bench-engine';
import { untilLoaded } from '../support/load';
import { runnerOf } from '../support/named-runner';
import { residentBytes, treeResidentBytes } from '../support/process-tree';
import { fashion } from './endpoints';

const answers = 5;
/** Until a runner is in reserve again and what ended is gone. */
const quietMs = 4_000;
const rows = 200_000;
const dimension = 32;
const shared = inRepo('..', 'shared', 'models');

interface AtHand {
  readonly name: string;
  readonly basePath: string;
}

/** What is forecast of a version's memory, and what of it the system gets back. */
export const memorySuite: Suite = {
  name: 'memory',
  figures: ['memory.forecast_error', 'memory.returned'],
  run: async () => {
    const goals = { error: '<= 0.15', returned: '>= 0.95' };
    if (treeResidentBytes() === undefined) {
      const why = 'this system does not tell what processes take';
      return [
        unmeasured('memory.forecast_error', '', goals.error, why),
        unmeasured('memory.returned', '', goals.returned, why),
      ];
    }
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      return await measure([...realModels(), ...(await madeModels(folder))], goals);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** Those beside the repository, or the sample that is in it. */
function realModels(): readonly AtHand[] {
  const named = ['fashion-mnist', 'flowers', 'imagenet'].map((name) => ({
    name,
    basePath: join(shared, name),
  }));
  const found = named.filter(({ basePath }) => existsSync(basePath));
  return found.length > 0 ? found : [{ name: 'fashion-mnist', basePath: fashion }];
}

/** A table of vectors, one of numbers, and a small TensorFlow.js model. */
async function madeModels(folder: string): Promise<readonly AtHand[]> {
  const keys = Array.from({ length: rows }, (_, row) => `key-${row}`);
  const vector = Array.from({ length: dimension }, (_, at) => (at / 7).toFixed(4)).join(',');
  const files: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
    vectors: { 'table.csv': keys.map((key) => `${key},${vector}\n`).join('') },
    values: { 'table.csv': keys.map((key, row) => `${key},${row * 1.5}\n`).join('') },
    tfjs: graphModelFiles(),
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '1'), { recursive: true });
    for (const [file, bytes] of Object.entries(content))
      await writeFile(join(folder, name, '1', file), bytes);
  }
  return Object.keys(files).map((name) => ({ name, basePath: join(folder, name) }));
}

async function measure(
  models: readonly AtHand[],
  goals: { readonly error: string; readonly returned: string },
): Promise<readonly Figure[]> {
  const picture = await readFile(inRepo('app', 'resources', 'samples', 'pictures', 'coat.png'));
  const { engine, close } = await startBenchEngine(
    models.map(({ name, basePath }) => ({ name, basePath, policy: { kind: 'specific', versions: [] } })),
  );
  try {
    const versionsOf = (name: string) =>
      (engine.models.get(name)?.versions ?? []).map(({ version }) => version);
    for (const { name } of models) await engine.models.rescan(name);
    const errors: { readonly what: string; readonly error: number }[] = [];
    for (const { name } of models)
      for (const version of versionsOf(name)) {
        errors.push({
          what: `${name}/${version}`,
          error: await forecastError(engine, name, version, picture),
        });
      }
    await sleep(quietMs);
    const before = treeResidentBytes() ?? 0;
    for (const { name } of models) {
      for (const version of versionsOf(name)) await engine.models.load(name, version);
      await untilLoaded(engine, name, (available) => available.length === versionsOf(name).length);
    }
    await sleep(quietMs);
    const loaded = treeResidentBytes() ?? 0;
    for (const { name } of models) {
      for (const version of versionsOf(name)) await engine.models.unload(name, version);
      await untilLoaded(engine, name, (available) => available.length === 0);
    }
    await sleep(quietMs);
    const after = treeResidentBytes() ?? 0;
    const all = errors.map(({ error }) => Math.abs(error));
    const each = errors.map(({ what, error }) => `${what} ${(error * 100).toFixed(0)} %`).join(', ');
    return [
      figure('memory.forecast_error', median(all), '', {
        goal: goals.error,
        note: `median of ${all.length} (mean ${mean(all).toFixed(2)}, worst ${max(all).toFixed(2)}): how far the forecast from the files is from what the process holds after ${answers} answers: ${each}`,
      }),
      figure('memory.returned', (loaded - after) / (loaded - before), '', {
        goal: goals.returned,
        note: `of ${mb(loaded - before)} that ${errors.length} loaded versions took, ${mb(loaded - after)} were gone after unloading them; engine and the runner in reserve included`,
      }),
    ];
  } finally {
    await close();
  }
}

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** As a share of what it takes: above 0 where the forecast is too high. */
async function forecastError(
  engine: Engine,
  name: string,
  version: number,
  picture: Uint8Array,
): Promise<number> {
  const forecast =
    engine.models.get(name)?.versions.find((it) => it.version === version)?.estimatedBytes ?? 0;
  await engine.models.load(name, version);
  await untilLoaded(engine, name, (available) => available.includes(version));
  const { preprocessing, inputs } = await engine.inference.describe(name, version);
  for (let answer = 0; answer < answers; answer++) {
    if (preprocessing)
      await engine.inference.classify({ model: name, version: { version }, picture, top: 1 });
    else if (inputs[0]?.dtype === 'string')
      await engine.inference.lookup({ model: name, version: { version }, keys: ['key-7'] });
  }
  const taken = residentBytes(runnerOf(name, version));
  await engine.models.unload(name, version);
  await untilLoaded(engine, name, (available) => available.length === 0);
  return (forecast - taken) / taken;
}
