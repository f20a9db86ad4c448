import type { Clock } from '../../app/base/clock';
import type { RunningSettings } from '../../app/contract/running';
import { CrashSuspects } from '../platforms/crash-suspects';
import { createOnnxLoader, memoryPerFileByte } from '../platforms/onnx/loader';
import { emptyRunnerBytes, type RunnerLoaderHost, type VersionOptions } from '../platforms/runner-loader';
import type { RunnerOptions } from '../runner/protocol';
import type { SpawnRunner } from '../runner/runner-process';
import { type LoaderFactory, loaderFactory } from '../serving/loader';
import { type SourceAdapter, UnarySourceAdapter } from '../serving/source-adapter';
import type { VersionFolder } from '../sources/version-folders';
import type { Forecasts } from './forecasts';
import type { ModelRegistry } from './model-registry';

export interface PlatformOptions {
  readonly spawnRunner: SpawnRunner;
  readonly clock: Clock;
  readonly registry: ModelRegistry;
  readonly forecasts: Forecasts;
  /** How every version is run. */
  readonly runner?: RunnerOptions | undefined;
}

/** A model file where one is looked for: in the version's folder, or one down as Hugging Face has it. */
const modelFile = /^(onnx\/)?[^/]+\.onnx$/i;

/** Turns version folders into loaders. One kind of servable so far; a router by platform takes its place with the second. */
export function createPlatform({ spawnRunner, clock, registry, forecasts, runner }: PlatformOptions): {
  readonly adapter: SourceAdapter<VersionFolder, LoaderFactory>;
  readonly isModel: (files: readonly string[]) => boolean;
  /** Bytes that loading this version is expected to take: as measured before, else from the size of its files. */
  readonly forecast: (folder: VersionFolder) => number;
} {
  const forecast = (folder: VersionFolder): number =>
    forecasts.of(folder) ?? emptyRunnerBytes + Math.ceil(memoryPerFileByte * folder.sizeBytes);
  const host: RunnerLoaderHost = {
    spawnRunner,
    clock,
    ...(runner ? { options: runner } : {}),
    suspects: new CrashSuspects(),
    optionsOf: ({ name }) => versionOptions(registry.find(name)?.running ?? {}),
    preprocessingOf: ({ name, version }) => registry.find(name)?.preprocessing[version],
  };
  return {
    adapter: new UnarySourceAdapter((folder: VersionFolder) =>
      loaderFactory(
        () =>
          createOnnxLoader(
            { ...host, contentKey: folder.fingerprint, forecast: async () => forecast(folder) },
            folder.path,
          ),
        folder.fingerprint,
      ),
    ),
    forecast,
    isModel: (files) => files.some((name) => modelFile.test(name)),
  };
}

const versionOptions = ({ batching, intraOpThreads, memoryCapBytes }: RunningSettings): VersionOptions => ({
  ...(batching ? { batching } : {}),
  ...(intraOpThreads ? { intraOpThreads } : {}),
  ...(memoryCapBytes ? { memoryCapBytes } : {}),
});
