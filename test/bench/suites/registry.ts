import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { FakeRunners } from '../../unit/engine/fake-runner';
import { type Figure, figure } from '../figure';
import type { Suite } from '../suite';
import { LightManager } from '../support/light-manager';

const models = 10_000;
const changing = 200;
const rounds = 9;
const modelsAtOnce = 64;

/** Ten thousand models, two hundred of which are loaded and change. */
export const registrySuite: Suite = {
  name: 'registry',
  figures: [
    'registry.10k_rss_mb',
    'registry.scan_ms',
    'registry.tick_ms',
    'registry.list_ms',
    'registry.start_delay_p99_ms',
  ],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      await writeModels(folder);
      return [...(await startAndChange(folder)), await tick()];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const nameOf = (model: number): string => `model-${model}`;
const isLoaded = (model: number): boolean => model < changing;

async function writeVersion(folder: string, model: number, version: number): Promise<void> {
  const path = join(folder, 'models', nameOf(model), String(version));
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'model.onnx'), `${model}-${version}`);
}

async function inGroups(count: number, run: (model: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += modelsAtOnce) {
    const size = Math.min(modelsAtOnce, count - from);
    await Promise.all(Array.from({ length: size }, (_, index) => run(from + index)));
  }
}

async function writeModels(folder: string): Promise<void> {
  await inGroups(models, (model) => writeVersion(folder, model, 1));
  const entries = Array.from({ length: models }, (_, model) => ({
    name: nameOf(model),
    basePath: join(folder, 'models', nameOf(model)),
    policy: isLoaded(model) ? { kind: 'latest', count: 1 } : { kind: 'specific', versions: [] },
  }));
  await mkdir(join(folder, 'state'), { recursive: true });
  await writeFile(join(folder, 'state', 'models.json'), JSON.stringify({ version: 1, models: entries }));
}

interface Started {
  readonly engine: Engine;
  readonly scanMs: number;
  /** How late timers fired meanwhile, by percentile. */
  readonly delayMs: (percentile: number) => number;
}

/** Starts the engine; settles when it has looked at every model. */
async function start(folder: string): Promise<Started> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAt = performance.now();
  const engine = await createEngine({
    spawnRunner: new FakeRunners().spawn,
    stateFolder: join(folder, 'state'),
    samplesFolder: null,
  });
  await untilAll(engine, models, (versions) => versions > 0);
  const scanMs = performance.now() - startedAt;
  delay.disable();
  return { engine, scanMs, delayMs: (percentile) => Math.max(0, delay.percentile(percentile) / 1e6 - 1) };
}

/** How late timers fire on this machine while this process does nothing: the ninety-ninth percentile. */
async function idleDelayMs(): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(2_000);
  delay.disable();
  return Math.max(0, delay.percentile(99) / 1e6 - 1);
}

async function startAndChange(folder: string): Promise<Figure[]> {
  const first = await start(folder); // writes each model to the log: later starts need not
  await first.engine.close();
  const limit = await idleDelayMs();
  const { engine, scanMs, delayMs } = await start(folder);
  try {
    await untilAll(engine, changing, (_versions, available) => available === 1);
    await inGroups(changing, (model) => writeVersion(folder, model, 2));
    await untilAll(engine, changing, (_versions, available) => available === 2);
    return [
      figure('registry.start_delay_p99_ms', delayMs(99), 'ms', {
        goal: '< 10',
        limit,
        note: `how late timers fire while the engine starts with ${models} kept models and looks at them all (worst ${delayMs(100).toFixed(0)} ms; at their very first start ${first.delayMs(99).toFixed(1)}); the limit is that of the same process doing nothing, which shows how busy the machine is`,
      }),
      figure('registry.scan_ms', scanMs, 'ms', {
        note: `from the start of the engine until each of ${models} folders was looked at and is watched`,
      }),
      await list(engine),
      figure('registry.10k_rss_mb', process.memoryUsage.rss() / 1e6, 'MB', {
        goal: '< 1000',
        note: `the whole benchmark process, runners not counted, with ${models} models of which ${changing} have just changed version`,
      }),
    ];
  } finally {
    await engine.close();
  }
}

/** Resolves when the first `count` models are as wanted: how many versions they have, and which one is available. */
async function untilAll(
  engine: Engine,
  count: number,
  isSo: (versions: number, available: number | undefined) => boolean,
): Promise<void> {
  for (let model = 0; model < count; ) {
    const versions = engine.models.get(nameOf(model))?.versions ?? [];
    const available = versions.find((it) => it.lifecycle === 'available')?.version;
    if (isSo(versions.length, available)) model++;
    else await sleep(5);
  }
}

async function list(engine: Engine): Promise<Figure> {
  const takenMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await nextTurn();
    const startedAt = performance.now();
    engine.models.snapshot();
    takenMs.push(performance.now() - startedAt);
  }
  return figure('registry.list_ms', median(takenMs), 'ms', {
    note: `median of ${rounds} lists of all ${models} models with their versions`,
  });
}

async function tick(): Promise<Figure> {
  const light = new LightManager();
  const wanted = Array.from({ length: models }, () => 1);
  const aspireAll = (): void => {
    for (const [model, version] of wanted.entries()) light.aspire(nameOf(model), version);
  };
  aspireAll();
  await light.settle();
  const takenMs: number[] = [];
  for (let round = 2; round < rounds + 2; round++) {
    wanted.fill(round, 0, changing);
    aspireAll();
    const startedAt = performance.now();
    light.manager.manageState();
    takenMs.push(performance.now() - startedAt);
    await light.settle();
  }
  await light.manager.close();
  return figure('registry.tick_ms', median(takenMs), 'ms', {
    note: `median of ${rounds} whole passes by hand over ${models} lists, ${changing} of which name a new version; the running manager does this in turns of 4 ms`,
  });
}
