import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { RunningSettings } from '../../app/contract/running';
import { CrashSuspects } from '../platforms/crash-suspects';
import { foreignModel } from '../platforms/foreign-model';
import { forecastOf, type Platform } from '../platforms/platform';
import {
  isAnyModel,
  platformNamed,
  platformOfFiles,
  platformOfModel,
  platforms,
} from '../platforms/registry';
import { RunnerLoader, type RunnerLoaderHost, type VersionOptions } from '../platforms/runner-loader';
import { ThreadBudget } from '../platforms/thread-budget';
import type { BatchVersionInput, RunnerOptions } from '../runner/protocol';
import type { SpawnRunner } from '../runner/runner-process';
import { type LoaderFactory, loaderFactory } from '../serving/loader';
import type { ServableId } from '../serving/servable-id';
import { connectSourceToTarget, type Source, type Target } from '../serving/source';
import { UnarySourceAdapter } from '../serving/source-adapter';
import { SourceRouter } from '../serving/source-router';
import type { VersionFolder } from '../sources/version-folders';
import type { Forecasts } from './forecasts';
import type { ModelRegistry } from './model-registry';
import { choicesOf } from './picture-choices';

export interface PlatformOptions {
  readonly spawnRunner: SpawnRunner;
  readonly clock: Clock;
  readonly registry: ModelRegistry;
  readonly forecasts: Forecasts;
  /** Resident memory above which a version is ended that has no limit of its own. */
  readonly mostMemoryBytes: () => number;
  /** Told when the process of a version had to be ended by force. */
  readonly onDidForceEnd: (id: ServableId, error: AppError) => void;
  /** How every version is run. */
  readonly runner?: RunnerOptions | undefined;
}

/** All versions that a model has on disk, aspired or not. */
export type VersionsOf = (name: string) => readonly VersionFolder[];

export interface Platforms {
  /** Sends each model through the adapter of its platform: version folders in, loaders out. */
  readonly connect: (
    source: Source<VersionFolder>,
    manager: Target<LoaderFactory>,
    versionsOf: VersionsOf,
  ) => void;
  readonly isModel: (files: readonly string[]) => boolean;
  /** Loads a version beside the one that the manager holds, run in this way. */
  readonly trialLoader: (model: string, folder: VersionFolder, options: VersionOptions) => RunnerLoader;
  /** What a runner that is not the manager's has to know to load this version as it is loaded for serving. */
  readonly batchInput: (model: string, folder: VersionFolder) => BatchVersionInput;
  /** Bytes that loading this version is expected to take: as measured before, else from the size of its files. */
  readonly forecast: (name: string, folder: VersionFolder) => number;
  /** The same of a single process of it. */
  readonly processForecast: (folder: VersionFolder) => number;
}

/** Turns version folders into loaders, by platform. */
export function createPlatform({
  spawnRunner,
  clock,
  registry,
  forecasts,
  mostMemoryBytes,
  onDidForceEnd,
  runner,
}: PlatformOptions): Platforms {
  const processForecast = (folder: VersionFolder): number => {
    const { forecastBytes = forecastOf(1) } = platformOfFiles(folder.files) ?? {};
    return forecasts.of(folder) ?? forecastBytes(folder.sizeBytes);
  };
  const optionsOf = (name: string): VersionOptions => versionOptions(registry.find(name)?.running ?? {});
  const host: RunnerLoaderHost = {
    spawnRunner,
    clock,
    mostMemoryBytes,
    onDidForceEnd,
    ...(runner ? { options: runner } : {}),
    suspects: new CrashSuspects(),
    threads: new ThreadBudget(),
    optionsOf: ({ name }) => optionsOf(name),
    choicesOf: ({ name, version }) => choicesOf(registry.find(name), version),
  };
  const forecast = (name: string, folder: VersionFolder): number =>
    processForecast(folder) * (optionsOf(name).instances ?? 1);
  const adapterOf = (platform: Platform) =>
    new UnarySourceAdapter((folder: VersionFolder, id: ServableId) => {
      assertOf(platform, folder, id);
      const forecastBytes = async (): Promise<number> => forecast(id.name, folder);
      const own = { ...host, contentKey: folder.fingerprint, forecast: forecastBytes };
      return loaderFactory(
        () => new RunnerLoader(own, platform, folder.path, forecastBytes),
        folder.fingerprint,
      );
    });
  return {
    connect: (source, manager, versionsOf) => {
      const router = new SourceRouter<VersionFolder>(platforms.length, (name) => {
        const own = platformNamed(registry.find(name)?.platform) ?? platformOfModel(versionsOf(name));
        return own ? platforms.indexOf(own) : 0; // what no platform knows is refused by whichever
      });
      for (const [index, platform] of platforms.entries()) {
        const adapter = adapterOf(platform);
        const port = router.ports[index];
        if (port) connectSourceToTarget(port, adapter);
        connectSourceToTarget(adapter, manager);
      }
      connectSourceToTarget(source, router);
    },
    forecast,
    processForecast,
    isModel: isAnyModel,
    trialLoader: (name, folder, options) => {
      const { suspects: _, ...own } = host; // an input that crashes this way of running may suit another
      return new RunnerLoader(
        { ...own, optionsOf: () => options },
        platformOf(folder, name),
        folder.path,
        async () => processForecast(folder) * (options.instances ?? 1),
      );
    },
    batchInput: (name, folder) => {
      const { instances: _, memoryCapBytes: __, ...options } = optionsOf(name);
      return {
        version: folder.version,
        platform: platformOf(folder, name).name,
        load: {
          folder: folder.path,
          options: { ...runner, ...options },
          ...choicesOf(registry.find(name), folder.version),
        },
      };
    },
  };
}

/** Throws MODEL_PLATFORM_MIXED, and what `platformOf` throws. */
function assertOf(expected: Platform, folder: VersionFolder, { name }: ServableId): void {
  const platform = platformOf(folder, name);
  if (platform === expected) return;
  const { version } = folder;
  throw new AppError(
    'MODEL_PLATFORM_MIXED',
    { model: name, version: String(version), platform: platform.name, expected: expected.name },
    { detail: `Version ${version} is of platform ${platform.name}, the model of ${expected.name}` },
  );
}

/** Throws MODEL_FILE_MISSING, and what is to be said of a model that has to be converted first. */
function platformOf({ files, version }: VersionFolder, name: string): Platform {
  const platform = platformOfFiles(files);
  if (platform) return platform;
  const foreign = foreignModel(files, name, `${name}/${version}`);
  throw foreign ?? new AppError('MODEL_FILE_MISSING', { model: name, version: String(version) });
}

const versionOptions = ({
  batching,
  instances,
  intraOpThreads,
  executionProvider,
  memoryCapBytes,
}: RunningSettings): VersionOptions => ({
  ...(instances ? { instances } : {}),
  ...(batching ? { batching } : {}),
  ...(intraOpThreads ? { intraOpThreads } : {}),
  ...(executionProvider ? { executionProvider } : {}),
  ...(memoryCapBytes ? { memoryCapBytes } : {}),
});
