import { createEngine } from '../../../main/engine';
import type { Engine, EngineOptions } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';

/** An engine with real runners that keeps nothing, unless it is told otherwise. */
export const started = async (more: Partial<EngineOptions>): Promise<Engine> =>
  createEngine({
    spawnRunner: createNodeSpawn(await builtRunner()),
    stateFolder: null,
    samplesFolder: null,
    settings: { stabilityMs: 0 },
    ...more,
  });
