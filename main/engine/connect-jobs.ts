import { join } from 'node:path';
import type { Clock } from '../../app/base/clock';
import type { EngineOptions, Models } from '../engine-api';
import { ImportJob } from '../jobs/import/import-job';
import { BatchSessions } from './batch-sessions';
import { EngineJobs, type JobPlaces } from './engine-jobs';
import type { InteractiveLoad } from './interactive-load';
import type { ModelRegistry } from './model-registry';
import type { Platforms } from './platform';
import type { ServingCore } from './serving-core';
import { TuningBenches } from './tuning-benches';
import { versionAtRest } from './version-at-rest';

export interface JobParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly load: InteractiveLoad;
  readonly registry: ModelRegistry;
  readonly core: ServingCore;
  readonly platform: Platforms;
  readonly models: Pick<Models, 'setRunning'>;
  /** Hears the name of a file that made no sense and was set aside. */
  readonly onBroken: (file: string) => void;
}

/** The long work of the engine, with what it asks of the rest. */
export function connectJobs(parts: JobParts): Promise<EngineJobs> {
  const { options, clock, load, registry, core, platform, models, onBroken } = parts;
  const beside = {
    clock,
    load,
    versionOf: async (model: string, version: number, signal: AbortSignal) => {
      registry.get(model);
      return versionAtRest(core.source, model, version, signal);
    },
    forecast: platform.processForecast,
    lend: (bytes: number) => core.loans.lend(bytes),
  };
  const batches = new BatchSessions({
    ...beside,
    spawnRunner: options.spawnRunner,
    isBackground: options.jobs?.isBackground ?? true,
    loadOf: platform.batchInput,
    capOf: (model) => registry.get(model).running.memoryCapBytes ?? null,
  });
  const tuning = new TuningBenches({
    ...beside,
    loaderOf: platform.trialLoader,
    running: (model) => registry.get(model).running,
    setRunning: (model, running) => models.setRunning(model, running),
    makePicture: (width, height) => batches.makePicture(width, height),
  });
  return EngineJobs.open({
    places: jobPlaces(options),
    clock,
    host: batches,
    tuning,
    imports: new ImportJob(platform.isModel),
    resumesInterrupted: options.jobs === undefined,
    onBroken,
  });
}

function jobPlaces({ stateFolder, jobs }: EngineOptions): JobPlaces | null {
  if (jobs) return { file: jobs.file, partsFolder: jobs.partsFolder, listsFolder: null };
  if (stateFolder === null) return null;
  return {
    file: join(stateFolder, 'jobs.db'),
    partsFolder: join(stateFolder, 'batch-parts'),
    listsFolder: join(stateFolder, 'batch-lists'),
  };
}
