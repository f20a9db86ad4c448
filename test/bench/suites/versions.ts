import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { FakeRunners } from '../../unit/engine/fake-runner';
import { type Figure, figure } from '../figure';
import type { Suite } from '../suite';

const versions = 10_000;
const rounds = 5;
const foldersAtOnce = 64;
const name = 'digits';

/** One model with ten thousand versions: how long the event loop stands still for it at most. */
export const versionsSuite: Suite = {
  name: 'versions',
  figures: [
    'versions.10k_first_look_block_ms',
    'versions.10k_new_version_block_ms',
    'versions.10k_first_look_ms',
  ],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      for (let from = 1; from <= versions; from += foldersAtOnce) {
        const size = Math.min(foldersAtOnce, versions - from + 1);
        await Promise.all(Array.from({ length: size }, (_, index) => writeVersion(folder, from + index)));
      }
      return await measure(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function writeVersion(folder: string, version: number): Promise<void> {
  const path = join(folder, name, String(version));
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'model.onnx'), String(version));
}

/** Runs it, and answers for how long at most the event loop stood still meanwhile. */
async function longestBlock(run: () => Promise<void>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await run();
  await sleep(1_000); // what is told, recorded and written afterwards counts too
  delay.disable();
  return Math.max(0, delay.max / 1e6 - 1);
}

async function measure(folder: string): Promise<Figure[]> {
  const engine = await createEngine({
    spawnRunner: new FakeRunners().spawn,
    stateFolder: join(folder, 'state'),
    samplesFolder: null,
  });
  const firstLooks: number[] = [];
  const firstLookMs: number[] = [];
  const changes: number[] = [];
  const idle: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const { ticket, items } = await engine.models.offer([join(folder, name)]);
      const startedAt = performance.now();
      const block = await longestBlock(async () => {
        await engine.models.add(ticket, [{ id: items[0]?.id ?? '', as: 'model', name }]);
        await untilAvailable(engine, versions + round);
        firstLookMs.push(performance.now() - startedAt);
      });
      firstLooks.push(block);
      const version = versions + round + 1;
      changes.push(
        await longestBlock(async () => {
          await writeVersion(folder, version);
          await untilAvailable(engine, version);
        }),
      );
      if (round < rounds - 1) await engine.models.remove(name);
      idle.push(await longestBlock(() => sleep(1_000)));
    }
    const limit = median(idle);
    return [
      figure('versions.10k_first_look_block_ms', median(firstLooks), 'ms', {
        goal: '< 50',
        limit,
        note: `longest standstill of the event loop while a model with ${versions} versions is added, looked at, shown and recorded; median of ${rounds}; the limit is that of the same loop doing nothing, which shows how busy the machine is`,
      }),
      figure('versions.10k_new_version_block_ms', median(changes), 'ms', {
        goal: '< 50',
        limit,
        note: `the same when one more version appears in it and is loaded; median of ${rounds}`,
      }),
      figure('versions.10k_first_look_ms', median(firstLookMs), 'ms', {
        note: `from adding it to its newest version being available; median of ${rounds}`,
      }),
    ];
  } finally {
    await engine.close();
  }
}

async function untilAvailable(engine: Engine, version: number): Promise<void> {
  const isSo = (): boolean =>
    engine.models.get(name)?.versions.find((it) => it.version === version)?.lifecycle === 'available';
  while (!isSo()) await sleep(20);
}
