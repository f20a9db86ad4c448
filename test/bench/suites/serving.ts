import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build as buildHistogram } from 'hdr-histogram-js';
import { max, median } from 'simple-statistics';
import { systemClock } from '../../../app/base/clock';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { latest } from '../../../main/serving/manager';
import { FileSystemSource } from '../../../main/sources/file-system-source';
import { SystemWatcher } from '../../../main/sources/system-watcher';
import { builtRunner } from '../../support/built-runner';
import { inRepo } from '../../support/electron-app';
import { FakeRunners } from '../../unit/engine/fake-runner';
import { type Figure, figure } from '../figure';
import type { Suite } from '../suite';
import { isLightServable, LightManager } from '../support/light-manager';
import { Load, untilLoaded } from '../support/load';

const models = 10_000;
const lookups = 300_000;
const detections = 24;
const swaps = 1_000;
const realSwaps = 50;
const unloads = 8;
const labelMoves = 40;
const answerMs = 1;
const samplesFolder = inRepo('app', 'resources', 'samples');

/** The serving core: lookups, noticing files, going back, and changing versions under load. */
export const servingSuite: Suite = {
  name: 'serving',
  figures: [
    'handle.lookup_p50_us',
    'handle.lookup_p99_us',
    'detect.version_ms',
    'rollback.ms',
    'swap.failed_requests',
    'swap.count',
  ],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      return [...(await lookUp()), await detect(join(folder, 'detect')), ...(await swapAndRollBack(folder))];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function lookUp(): Promise<Figure[]> {
  const light = new LightManager();
  for (let model = 0; model < models; model++) light.aspire(`model-${model}`, 1, 2);
  await light.settle();
  const histogram = buildHistogram({ lowestDiscernibleValue: 1, highestTrackableValue: 1e9 });
  const requests = Array.from({ length: models }, (_, model) => latest(`model-${(model * 7919) % models}`));
  for (let round = 0; round < lookups; round++) {
    const request = requests[round % models];
    if (!request) throw new Error('There are as many requests as models');
    const startedAt = process.hrtime.bigint();
    light.manager.getServableHandle(request, isLightServable).dispose();
    const takenNs = Number(process.hrtime.bigint() - startedAt);
    if (round >= models) histogram.recordValue(takenNs);
  }
  await light.manager.close();
  const us = (percentile: number): number => histogram.getValueAtPercentile(percentile) / 1_000;
  const note = `"latest" of ${models} models with two versions each, taken and given back, ${lookups} times; the clock's own cost included`;
  return [
    figure('handle.lookup_p50_us', us(50), 'µs', { goal: '<= 5', note }),
    figure('handle.lookup_p99_us', us(99), 'µs', { goal: '<= 25', note }),
  ];
}

async function detect(basePath: string): Promise<Figure> {
  await mkdir(basePath, { recursive: true });
  const source = new FileSystemSource({ clock: systemClock, watcher: new SystemWatcher() });
  const seen = new Map<number, (atMs: number) => void>();
  source.setAspiredVersionsCallback((_name, items) => {
    for (const { id } of items) seen.get(id.version)?.(performance.now());
  });
  source.setModels([
    { name: 'm', basePath, policy: { kind: 'latest', count: 1 }, overrides: new Map(), keepLastGood: true },
  ]);
  await source.rescan('m');
  const takenMs: number[] = [];
  for (let version = 1; version <= detections; version++) {
    const aspiredAt = new Promise<number>((resolve) => seen.set(version, resolve));
    const writtenAt = await copySlowly(join(basePath, String(version)));
    takenMs.push((await aspiredAt) - writtenAt);
  }
  await source.close();
  return figure('detect.version_ms', median(takenMs), 'ms', {
    goal: '<= 750',
    note: `median of ${detections} (worst ${max(takenMs).toFixed(0)}): from the last write of a copy in pieces to the version being aspired; 500 of it is the wait for stability`,
  });
}

/** Writes as a copy does, in pieces; answers when the last one was written. */
async function copySlowly(folder: string): Promise<number> {
  await mkdir(folder);
  const file = await open(join(folder, 'model.onnx'), 'w');
  for (let piece = 0; piece < 4; piece++) {
    await file.write(new Uint8Array(64 * 1024));
    await sleep(20);
  }
  await file.write(new Uint8Array(1));
  const writtenAt = performance.now();
  await file.close();
  return writtenAt;
}

async function swapAndRollBack(folder: string): Promise<Figure[]> {
  const light = await swapLight(join(folder, 'light'));
  const picture = await readFile(join(samplesFolder, 'pictures', 'coat.png'));
  const engine = await createEngine({
    spawnRunner: createNodeSpawn(await builtRunner()),
    stateFolder: join(folder, 'state'),
    samplesFolder,
    settings: { stabilityMs: 0 },
  });
  try {
    const { model } = await engine.models.addSample();
    await untilLoaded(engine, model, (available) => available.includes(3));
    const real = await swap(engine, model, { picture, versions: [2, 3], count: realSwaps });
    const note = `${light.count} swaps of runners in this process that answer in ${answerMs} ms, ${real.count} of real runner processes; ${light.answered} and ${real.answered} requests meanwhile`;
    const failures = [...light.failures, ...real.failures];
    return [
      figure('swap.failed_requests', failures.length, 'requests', {
        goal: '= 0',
        note: failures.length === 0 ? note : `${note}; ${failures[0]}`,
      }),
      figure('swap.count', light.count + real.count, 'swaps', { goal: '>= 1000', note }),
      await rollBack(engine, model, picture),
    ];
  } finally {
    await engine.close();
  }
}

interface Swapped {
  readonly count: number;
  readonly answered: number;
  readonly failures: readonly string[];
}

/** The whole engine over runners that are no processes, so that a thousand swaps take seconds. */
async function swapLight(folder: string): Promise<Swapped> {
  for (const version of [1, 2]) await copySlowly(await made(join(folder, 'm'), String(version)));
  const runners = new FakeRunners();
  const engine = await createEngine({
    spawnRunner: (options) => {
      const runner = runners.spawn(options);
      return {
        pid: runner.pid,
        onMessage: runner.onMessage,
        onExit: runner.onExit,
        kill: () => runner.kill(),
        freezer: () => runner.freezer(),
        send: (messages) => void setTimeout(() => runner.send(messages), answerMs),
      };
    },
    stateFolder: null,
    samplesFolder: null,
    settings: { stabilityMs: 0 },
    models: [{ name: 'm', basePath: join(folder, 'm') }],
  });
  try {
    await untilLoaded(engine, 'm', (available) => available.includes(2));
    return await swap(engine, 'm', {
      picture: new Uint8Array([1]),
      versions: [1, 2],
      count: swaps - realSwaps,
    });
  } finally {
    await engine.close();
  }
}

async function made(folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return join(folder, name);
}

/** Replaces the only loaded version by another one, again and again, while four callers ask for the latest. */
async function swap(
  engine: Engine,
  model: string,
  { picture, versions, count }: { picture: Uint8Array; versions: readonly [number, number]; count: number },
): Promise<Swapped> {
  const load = new Load(engine, { model, version: 'latest', picture }, 4);
  for (let round = 0; round < count; round++) {
    const next = versions[round % 2] ?? 0;
    await engine.models.applyPolicy(model, { kind: 'specific', versions: [next] }, 'availabilityPreserving');
    await untilLoaded(engine, model, (available) => available.length === 1 && available[0] === next);
  }
  await load.stop();
  return { count, answered: load.admissions.length, failures: load.failures };
}

/** Version 3 is bad and 2 is warm: taken out of service by hand, and by moving the label that callers use. */
async function rollBack(engine: Engine, model: string, picture: Uint8Array): Promise<Figure> {
  await engine.models.applyPolicy(model, { kind: 'specific', versions: [2, 3] }, 'availabilityPreserving');
  await untilLoaded(engine, model, (available) => available.length === 2);
  const byHand: number[] = [];
  const byLatest = new Load(engine, { model, version: 'latest', picture }, 4);
  for (let round = 0; round < unloads; round++) {
    await sleep(50);
    const decidedAt = performance.now();
    await engine.models.unload(model, 3);
    await untilLoaded(engine, model, (available) => available.length === 1);
    await sleep(50);
    byHand.push(byLatest.lastAdmissionMs(3, decidedAt));
    await engine.models.load(model, 3);
    await untilLoaded(engine, model, (available) => available.length === 2);
  }
  await byLatest.stop();
  const byLabel: number[] = [];
  await engine.models.setLabel(model, 'stable', 3);
  const byStable = new Load(engine, { model, version: { label: 'stable' }, picture }, 4);
  for (let round = 0; round < labelMoves; round++) {
    await sleep(25);
    const decidedAt = performance.now();
    await engine.models.setLabel(model, 'stable', 2);
    await sleep(25);
    byLabel.push(byStable.lastAdmissionMs(3, decidedAt));
    await engine.models.setLabel(model, 'stable', 3);
  }
  await byStable.stop();
  const failures = [...byLatest.failures, ...byStable.failures];
  if (failures.length > 0) throw new Error(`Requests failed during a rollback: ${failures[0]}`);
  const worst = Math.max(max(byHand), max(byLabel));
  return figure('rollback.ms', Math.max(median(byHand), median(byLabel)), 'ms', {
    goal: '<= 50',
    note: `the slower of two medians: ${unloads} unloads by hand (${median(byHand).toFixed(1)}), ${labelMoves} moves of a label (${median(byLabel).toFixed(1)}); worst of all ${worst.toFixed(0)}. Real runners, four callers; keeping the decision on disk included`,
  });
}
