import { systemClock } from '../../../app/base/clock';
import { createEngine } from '../../../main/engine';
import type { Engine, EngineOptions } from '../../../main/engine-api';
import { SpareRunners } from '../../../main/runner/spare-runners';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';

/** An engine that keeps nothing, with real runners and one in reserve, as the app and the server have it. */
export async function startBenchEngine(
  models: NonNullable<EngineOptions['models']>,
): Promise<{ readonly engine: Engine; close(): Promise<void> }> {
  const spares = new SpareRunners(createNodeSpawn(await builtRunner()), {
    clock: systemClock,
    platform: 'onnx',
  });
  const engine = await createEngine({
    spawnRunner: spares.spawn,
    stateFolder: null,
    samplesFolder: null,
    settings: { stabilityMs: 0 },
    models,
  });
  return {
    engine,
    close: async () => {
      await engine.close();
      spares.dispose();
    },
  };
}

/** Asks `lanes` times at once, each again when it is answered, until the time is up. Resolves to answers a second. */
export async function perSecond(
  lanes: number,
  durationMs: number,
  ask: () => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < startedAt + durationMs) {
        await ask();
        count++;
      }
    }),
  );
  return (count * 1_000) / (performance.now() - startedAt);
}
