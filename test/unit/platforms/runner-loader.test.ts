import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AppError, ErrorCode } from '../../../app/base/errors';
import type { Preprocessing } from '../../../app/contract/inference';
import { isInferenceServable } from '../../../main/platforms/inference-servable';
import { onnxPlatform } from '../../../main/platforms/onnx/platform';
import type { RunnerLoader, RunnerLoaderHost } from '../../../main/platforms/runner-loader';
import { FrameWriter } from '../../../main/runner/channel/frame-writer';
import { writeMessages } from '../../../main/runner/channel/message-frames';
import { channelVariable } from '../../../main/runner/port';
import { RunnerClient } from '../../../main/runner/runner-client';
import type { RunnerProcess, SpawnRunner } from '../../../main/runner/runner-process';
import { createNodeSpawn, runnerEnvironment } from '../../../main/runner/spawn-node';
import { isTransient } from '../../../main/serving/retry';
import { builtRunner } from '../../support/built-runner';
import { FakeClock } from '../../support/fake-clock';
import { lfsPointerText } from '../../support/lfs-pointer';
import { classifierModel } from '../../support/onnx-classifiers';
import { onnxLoader } from '../../support/onnx-loader';
import { type ModelSpec, onnxModel } from '../../support/onnx-writer';
import { temporaryFolder } from '../../support/temp-folder';

const repoRoot = resolve(import.meta.dirname, '../../..');
const servableId = { name: 'digits', version: 3 };
const folder = temporaryFolder();
let entry = '';
let loaders: RunnerLoader[] = [];

beforeAll(async () => {
  entry = await builtRunner();
});
afterEach(async () => {
  await Promise.all(loaders.map((loader) => loader.unload()));
  loaders = [];
});

function loaderOf(extra: Partial<RunnerLoaderHost> = {}): RunnerLoader {
  const loader = onnxLoader({ spawnRunner: createNodeSpawn(entry), ...extra }, folder.path);
  loaders.push(loader);
  return loader;
}
const context = (signal: AbortSignal = new AbortController().signal) => ({ servableId, signal });
const caught = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => Promise.reject(new Error('It resolved')),
    (error: AppError) => error,
  );

async function loaded(extra: Partial<RunnerLoaderHost> = {}) {
  const loader = loaderOf(extra);
  await loader.load(context());
  const servable = loader.servable();
  if (!servable) throw new Error('Nothing was loaded');
  return { loader, servable };
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a version in a process of its own', () => {
  test('loads, classifies, describes, predicts, views, and is gone after unload', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 32, 32] })));
    folder.write('labels.txt', 'a\nb\nc\nd\n');
    const { loader, servable } = await loaded();
    expect(isInferenceServable(servable)).toBe(true);
    const pid = servable.pid ?? 0;
    expect(pid).not.toBe(process.pid);
    expect(servable.residentBytes).toBeGreaterThan(20_000_000);

    const picture = await sharp({ create: { width: 50, height: 40, channels: 3, background: 'white' } })
      .jpeg()
      .toBuffer();
    const answer = await servable.classify(picture, 2);
    expect(answer).toMatchObject({
      model: 'digits',
      version: 3,
      classCount: 4,
      isTied: false,
      output: { name: 'output', dtype: 'float32', shape: [1, 4], form: 'logits' },
    });
    expect(answer.classes.length).toBe(2);
    for (const [part, ms] of Object.entries(answer.timingsMs)) expect(ms, part).toBeGreaterThanOrEqual(0);

    const { outputs } = await servable.predict(
      { input: { dtype: 'float32', shape: [2, 3, 32, 32], data: new Float32Array(2 * 3 * 32 * 32).fill(4) } },
      ['output'],
    );
    expect(outputs['output']).toEqual({
      dtype: 'float32',
      shape: [2, 4],
      data: Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1),
    });
    expect(await servable.describe()).toMatchObject({ model: 'digits', version: 3, labelCount: 4 });
    const view = await servable.viewInput({ picture, channel: 'all' });
    expect(await sharp(view.png).metadata()).toMatchObject({ format: 'png', width: 32, height: 32 });

    await loader.unload();
    expect(loader.servable()).toBeUndefined();
    expect(isAlive(pid)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('decodes behind the thread that runs the model', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 32, 32] })));
    const { servable } = await loaded();
    const pid = servable.pid ?? 0;
    const running = getPriority(pid);
    expect(running).toBe(getPriority());
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => getPriority(Number(thread)));
    const behind = Math.max(running, constants.priority.PRIORITY_BELOW_NORMAL);
    expect(threads.filter((priority) => priority === behind).length).toBeGreaterThanOrEqual(4);
    expect(new Set(threads)).toEqual(new Set([running, behind]));
  });

  test('is killed by hand: what is in flight rejects, the loader says so, and it can be loaded again', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 224, 224] })));
    const { loader, servable } = await loaded();
    const failures: AppError[] = [];
    loader.onDidFail((error) => failures.push(error));
    const picture = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const inFlight = [caught(servable.classify(picture, 1)), caught(servable.classify(picture, 1))];
    process.kill(servable.pid ?? 0, 'SIGKILL');
    for (const error of await Promise.all(inFlight)) {
      expect(error).toMatchObject({ code: 'RUNNER_CRASHED', params: { signal: 'SIGKILL' } });
    }
    expect(failures.map(({ code }) => code)).toEqual(['RUNNER_CRASHED']);
    expect((await caught(servable.classify(picture, 1))).code).toBe('RUNNER_CRASHED');
    await loader.unload();
    await loader.load(context());
    expect(loader.servable()?.pid).toBeDefined();
  });

  test('a load given up ends its process', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 32, 32] })));
    const giveUp = new AbortController();
    const loader = loaderOf();
    const loading = caught(loader.load(context(giveUp.signal)));
    giveUp.abort();
    expect((await loading).code).toBe('CANCELLED');
    expect(loader.servable()).toBeUndefined();
  });

  test('a setting that the folder cannot keep is given at the next load', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 32, 32] })));
    const { servable } = await loaded();
    const before = (await servable.describe()).preprocessing as Preprocessing;
    const wanted: Preprocessing = { ...before, channels: 'bgr' };
    const { description, isKeptInFolder } = await servable.configure({ preprocessing: wanted });
    expect([description.preprocessing, isKeptInFolder]).toEqual([wanted, true]);
    await servable.configure({ preprocessing: null });
    const { servable: next } = await loaded({ choicesOf: () => ({ preprocessing: wanted }) });
    expect((await next.describe()).preprocessing).toEqual(wanted);
  });
});

describe('a broken version fails with a code of its own, without a path, and can be tried again', () => {
  const good = classifierModel({ shape: [1, 3, 32, 32] });
  test.each<[string, Uint8Array | string | null, ErrorCode]>([
    ['no file', null, 'MODEL_FILE_MISSING'],
    ['an empty file', '', 'MODEL_FILE_EMPTY'],
    ['a text file', 'I am no model', 'MODEL_FILE_NOT_ONNX'],
    ['a Git LFS pointer', lfsPointerText(), 'MODEL_FILE_IS_LFS_POINTER'],
    ['a truncated file', onnxModel(good).subarray(0, 300), 'MODEL_FILE_TRUNCATED'],
    [
      'an operator of someone’s own',
      onnxModel({
        ...good,
        nodes: [...good.nodes, { op: 'X', domain: 'y', inputs: ['output'], outputs: ['z'] }],
      }),
      'MODEL_CUSTOM_OPERATORS',
    ],
    ['an opset of the future', onnxModel({ ...good, opsets: { '': 99 } }), 'MODEL_OPSET_UNSUPPORTED'],
    [
      'weights that are not there',
      onnxModel({
        ...good,
        initializers: [
          ...(good.initializers ?? []),
          { name: 'w', dims: [1], external: { location: 'w.bin' } },
        ],
      }),
      'MODEL_EXTERNAL_DATA_MISSING',
    ],
  ])('%s', async (_what, content, code) => {
    if (content !== null) folder.write('model.onnx', content);
    const loader = loaderOf();
    const error = await caught(loader.load(context()));
    expect(error.code).toBe(code);
    expect(JSON.stringify(error.toWire())).not.toContain(folder.path);
    folder.write('model.onnx', onnxModel(good));
    await loader.load(context());
    expect(loader.servable()).toBeDefined();
  });
});

describe('a load that never ends', () => {
  /** Counts for ever: its loop goes on for as long as a condition holds that nothing changes. */
  const endless: ModelSpec = {
    inputs: [{ name: 'x', shape: [1] }],
    outputs: [{ name: 'y', shape: [1] }],
    initializers: [{ name: 'yes', dtype: 'bool', dims: [], values: [1] }],
    nodes: [
      {
        op: 'Loop',
        inputs: ['', 'yes', 'x'],
        outputs: ['y'],
        attributes: {
          body: {
            graph: {
              inputs: [
                { name: 'round', dtype: 'int64', shape: [] },
                { name: 'goOn', dtype: 'bool', shape: [] },
                { name: 'sum', shape: [1] },
              ],
              outputs: [
                { name: 'stillGoOn', dtype: 'bool', shape: [] },
                { name: 'nextSum', shape: [1] },
              ],
              nodes: [
                { op: 'Identity', inputs: ['goOn'], outputs: ['stillGoOn'] },
                { op: 'Add', inputs: ['sum', 'sum'], outputs: ['nextSum'] },
              ],
            },
          },
        },
      },
    ],
  };

  test('is ended at the limit of its stage with a failure of its own, and its process is gone', async () => {
    folder.write('model.onnx', onnxModel(endless));
    const clock = new FakeClock();
    const spawned: RunnerProcess[] = [];
    const entered: unknown[] = [];
    const spawn = createNodeSpawn(entry);
    const spawnRunner: SpawnRunner = (options) => {
      const process = spawn(options);
      spawned.push(process);
      process.onMessage((batch) => {
        for (const message of batch) if (message.kind === 'stage') entered.push(message.stage);
      });
      return process;
    };
    const loading = caught(loaderOf({ clock, spawnRunner }).load(context()));
    await expect.poll(() => entered, { timeout: 15_000 }).toContain('warmingUp');
    expect(entered).toEqual(['reading', 'building', 'trying', 'trying', 'warmingUp']);
    await clock.advance(120_000);
    const error = await loading;
    expect(error).toMatchObject({ code: 'RUNNER_LOAD_OVERRAN' });
    expect(error.message).toMatch(/^The load was still running it to warm up after \d+ s$/);
    expect(isTransient(error)).toBe(false);
    expect(spawned.map(({ pid }) => pid)).toEqual([undefined]);
  });
});

describe('what it is expected to take', () => {
  test('is the platform’s forecast, what was measured before where that is known, and what it takes once loaded', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 32, 32] })));
    const bytesOf = async (loader: RunnerLoader) => (await loader.estimateResources())[0]?.quantity ?? 0;
    expect(await bytesOf(loaderOf())).toBe(onnxPlatform.forecastBytes(0));
    expect(await bytesOf(loaderOf({ forecast: async () => 42 }))).toBe(42);
    const { loader, servable } = await loaded();
    expect(await bytesOf(loader)).toBe(servable.residentBytes);
  });
});

describe('the process', () => {
  test('ends when its parent does', async () => {
    const writer = new FrameWriter();
    writeMessages([{ kind: 'start', platform: 'imaging' }], writer);
    const start = Buffer.concat(writer.take()).toString('hex');
    const script = `
      const { spawn } = require('node:child_process');
      const runner = spawn(process.execPath, [${JSON.stringify(entry)}], {
        env: { ${channelVariable}: '3' }, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
      runner.stdio[3].on('data', () => { console.log(runner.pid); });
      runner.stdio[3].write(Buffer.from('${start}', 'hex'));`;
    const parent = spawn(process.execPath, ['-e', script], {
      cwd: repoRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test('started by nobody says that it is no program', async () => {
    const lone = spawn(process.execPath, [entry], { stdio: 'ignore' });
    expect(await once(lone, 'exit')).toEqual([2, null]);
  });

  test('gets no more of the environment than it needs', () => {
    const kept = runnerEnvironment({
      PATH: '/bin',
      NODE_OPTIONS: '--inspect',
      AWS_SECRET_ACCESS_KEY: 'x',
      TZ: 'UTC',
    });
    expect(kept).toEqual({ PATH: '/bin', TZ: 'UTC', MALLOC_ARENA_MAX: '4' });
  });

  test('draws pictures for the page, and survives hostile ones', async () => {
    const client = new RunnerClient(createNodeSpawn(entry)({ name: 'imaging' }));
    await client.start('imaging');
    const picture = readFileSync(join(repoRoot, 'app/resources/samples/pictures/bag.png'));
    expect(await client.request('probePicture', { picture })).toEqual({
      width: 28,
      height: 28,
      format: 'png',
    });
    const { bytes, mime } = await client.request('drawPicture', { picture, maxSide: 16 });
    expect([mime, (await sharp(bytes).metadata()).width]).toEqual(['image/webp', 16]);
    const bad = await caught(client.request('probePicture', { picture: Uint8Array.of(1, 2, 3) }));
    expect(bad.code).toBe('PICTURE_UNREADABLE');
    expect((await caught(client.request('classify', { picture, top: 1 }))).status).toBe('UNIMPLEMENTED');
    await client.close();
  });

  test('is guarded by the most that any version may take, unless it has a limit of its own', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 32, 32] })));
    const limitOf = async (extra: Partial<RunnerLoaderHost>) =>
      (await (await loaded(extra)).servable.describe()).running.memoryCapBytes;
    expect(await limitOf({ mostMemoryBytes: () => 8e9 })).toBe(8e9);
    expect(await limitOf({ mostMemoryBytes: () => 8e9, optionsOf: () => ({ memoryCapBytes: 3e9 }) })).toBe(
      3e9,
    );
    expect(await limitOf({ mostMemoryBytes: () => 1 })).toBe(2 * onnxPlatform.forecastBytes(0));
    expect(await limitOf({})).toBeNull();
  }, 60_000);

  test('that outgrows the guard is ended, and says both figures', async () => {
    folder.write('model.onnx', onnxModel(classifierModel({ shape: ['n', 3, 32, 32] })));
    const { loader } = await loaded({
      mostMemoryBytes: () => 1,
      client: { residentBytesOf: async () => 5e9 },
    });
    const failed = await new Promise<AppError>((resolve) => loader.onDidFail(resolve));
    expect(failed).toMatchObject({
      code: 'RUNNER_OVER_MEMORY_CAP',
      params: { usedBytes: String(5e9), capBytes: String(2 * onnxPlatform.forecastBytes(0)) },
    });
  }, 60_000);

  test('that cannot be started is a failed load', async () => {
    const loader = loaderOf({ spawnRunner: createNodeSpawn(join(folder.path, 'nothing.cjs')) });
    expect((await caught(loader.load(context()))).code).toBe('RUNNER_START_FAILED');
  });
});
