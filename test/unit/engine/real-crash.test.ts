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

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-crash-'));
  const spawn = createNodeSpawn(await builtRunner());
  spares = new SpareRunners(
    (options) => {
      const process = spawn(options);
      started.push(process);
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

describe.skipIf(process.platform === 'win32')('a runner that is killed', () => {
  test('loses no request, and is replaced by the spare', { timeout: 60_000 }, async () => {
    const picture = await readFile(join(samplesFolder, 'pictures/sneaker-1.png'));
    const classify = () => engine.inference.classify({ model, version: 'latest', picture, top: 1 });
    while (started.length < 2) await wait(systemClock, 20); // until there is a spare
    const spare = started.at(-1)?.pid;
    const inFlight = Array.from({ length: 16 }, classify);
    const serving = started.find(({ pid }) => pid !== spare && pid !== undefined);
    process.kill(serving?.pid ?? 0, 'SIGKILL');
    const meanwhile = classify();
    for (const answer of await Promise.all([...inFlight, meanwhile])) {
      expect(answer.classes[0]?.label).toBe('Sneaker');
      expect(answer.version).toBe(3);
    }
    expect(started.filter(({ pid }) => pid !== undefined).some(({ pid }) => pid === spare)).toBe(true);
  });
});
