import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, wait } from '../../../app/base/clock';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import type { RunnerProcess } from '../../../main/runner/runner-process';
import { SpareRunners } from '../../../main/runner/spare-runners';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { untilWords } from './engine-bench';

const samplesFolder = resolve(import.meta.dirname, '../../../app/resources/samples');
let folder: string;
let engine: Engine;
let model: string;
let spares: SpareRunners;
const started: RunnerProcess[] = [];
const alive = new Set<RunnerProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-crash-'));
  const spawn = createNodeSpawn(await builtRunner());
  spares = new SpareRunners(
    (options) => {
      const process = spawn(options);
      started.push(process);
      alive.add(process);
      process.onExit(() => alive.delete(process));
      return process;
    },
    { clock: systemClock, platform: 'onnx', idleMs: 50 },
  );
  engine = await createEngine({
    spawnRunner: spares.spawn,
    stateFolder: join(folder, 'state'),
    samplesFolder,
    settings: { stabilityMs: 0 },
  });
  ({ model } = await engine.models.addSample());
  await untilWords(engine, model, '3 available, 2 onDisk, 1 onDisk');
}, 120_000);
afterAll(async () => {
  await engine.close();
  spares.dispose();
  await rm(folder, { recursive: true });
});

function killNow({ pid }: RunnerProcess): void {
  if (pid === undefined) throw new Error('The runner has no process');
  process.kill(pid, 'SIGKILL');
}

describe.skipIf(process.platform === 'win32')('a runner that is killed', () => {
  test('loses no request, and is replaced by the spare', { timeout: 60_000 }, async () => {
    const picture = await readFile(join(samplesFolder, 'pictures/sneaker-1.png'));
    const classify = () => engine.inference.classify({ model, version: 'latest', picture, top: 1 });
    while (started.length < 2) await wait(systemClock, 20); // until there is a spare
    const spare = started.at(-1)?.pid;
    const inFlight = Array.from({ length: 16 }, classify);
    const serving = started.find(({ pid }) => pid !== spare && pid !== undefined);
    if (serving) killNow(serving);
    const meanwhile = classify();
    for (const answer of await Promise.all([...inFlight, meanwhile])) {
      expect(answer.classes[0]?.label).toBe('Sneaker');
      expect(answer.version).toBe(3);
    }
    expect(started.filter(({ pid }) => pid !== undefined).some(({ pid }) => pid === spare)).toBe(true);
  });

  test('loses no request when another version takes its place meanwhile', { timeout: 60_000 }, async () => {
    const picture = await readFile(join(samplesFolder, 'pictures/sneaker-1.png'));
    const versions: number[] = [];
    const classify = async () => {
      const answer = await engine.inference.classify({ model, version: 'latest', picture, top: 1 });
      expect(answer.classes[0]?.label).toBe('Sneaker');
      versions.push(answer.version);
    };
    for (const next of [2, 3]) {
      const isNext = untilWords(
        engine,
        model,
        next === 2 ? '3 onDisk, 2 available, 1 onDisk' : '3 available, 2 onDisk, 1 onDisk',
      );
      const inFlight = Array.from({ length: 8 }, classify);
      for (const runner of alive) killNow(runner);
      await engine.models.applyPolicy(
        model,
        { kind: 'specific', versions: [next] },
        'availabilityPreserving',
      );
      while (versions.at(-1) !== next) await classify();
      await Promise.all([...inFlight, isNext]);
    }
  });
});

describe.skipIf(process.platform === 'win32')('a model whose setting lets another version answer', () => {
  test('answers what was in flight with that, and says so', { timeout: 120_000 }, async () => {
    const runners: RunnerProcess[] = [];
    const spawn = createNodeSpawn(await builtRunner());
    const own = await createEngine({
      spawnRunner: (options) => {
        const runner = spawn(options);
        runners.push(runner);
        return runner;
      },
      stateFolder: null,
      samplesFolder,
      settings: { stabilityMs: 0 },
      models: [
        {
          name: 'fashion',
          basePath: join(samplesFolder, 'models', 'fashion-mnist'),
          policy: { kind: 'specific', versions: [3] },
        },
      ],
    });
    try {
      const words = (third: string, second: string) =>
        untilWords(own, 'fashion', `3 ${third}, 2 ${second}, 1 onDisk`);
      await words('available', 'onDisk');
      await own.models.load('fashion', 2);
      await words('available', 'available');
      await own.models.setRunning('fashion', { answerFromLastGood: true });
      const picture = await readFile(join(samplesFolder, 'pictures/sneaker-1.png'));
      const classify = () => own.inference.classify({ model: 'fashion', version: 'latest', picture, top: 1 });
      const inFlight = Array.from({ length: 16 }, classify);
      process.kill(runners[0]?.pid ?? 0, 'SIGKILL');
      const answers = await Promise.all(inFlight);
      expect(answers.map(({ classes }) => classes[0]?.label)).toEqual(Array(16).fill('Sneaker'));
      const fromOther = answers.filter(({ version }) => version === 2);
      expect(fromOther.length).toBeGreaterThan(0);
      for (const { insteadOf } of fromOther) expect(insteadOf).toBe(3);
    } finally {
      await own.close();
    }
  });
});
