import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnginePort } from '../../main/endpoints/engine-port';
import type { EndpointsOptions } from '../../main/endpoints/server';
import { createEngine } from '../../main/engine';
import type { Engine, EngineOptions } from '../../main/engine-api';
import { createNodeSpawn } from '../../main/runner/spawn-node';
import { builtRunner } from './built-runner';
import { type LocalEndpoints, localEndpoints } from './local-endpoints';
import { type ModelSpec, onnxModel } from './onnx-writer';

/** Versions by model; each is loaded. */
export type ModelSpecs = Readonly<Record<string, Readonly<Record<number, ModelSpec>>>>;

export interface RealServer {
  readonly engine: Engine;
  /** Where the models are, each in a folder of its name. */
  readonly folder: string;
  /** Listens on other ports, with other options, in front of the same engine. */
  listen(options: Partial<EndpointsOptions>): Promise<LocalEndpoints>;
  close(): Promise<void>;
}

/** Writes the models, and starts an engine whose processes load them with the real runtime; resolves when every version is available. */
export async function realServer(
  models: ModelSpecs,
  serving: EngineOptions['serving'] = {},
): Promise<RealServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-real-'));
  for (const [name, versions] of Object.entries(models))
    for (const [version, spec] of Object.entries(versions)) {
      await mkdir(join(folder, name, version), { recursive: true });
      await writeFile(join(folder, name, version, 'model.onnx'), onnxModel(spec));
    }
  const engine = await createEngine({
    spawnRunner: createNodeSpawn(await builtRunner()),
    stateFolder: null,
    samplesFolder: null,
    models: Object.keys(models).map((name) => ({
      name,
      basePath: join(folder, name),
      policy: { kind: 'all' },
    })),
    settings: { stabilityMs: 0, maxLoadRetries: 0 },
    serving,
  });
  const port = new EnginePort(engine);
  const open: LocalEndpoints[] = [];
  await Promise.all(
    Object.entries(models).map(([name, versions]) => allSettled(engine, name, Object.keys(versions).length)),
  );
  return {
    engine,
    folder,
    listen: async (options) => {
      const endpoints = await localEndpoints(port, options);
      open.push(endpoints);
      return endpoints;
    },
    close: async () => {
      await Promise.all(open.map((it) => it.close()));
      port.dispose();
      await engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Rejects when one of them fails to load. */
function allSettled(engine: Engine, name: string, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const versions = engine.models.get(name)?.versions ?? [];
      const failed = versions.find(({ lifecycle }) => lifecycle === 'failed');
      const isDone = versions.filter(({ lifecycle }) => lifecycle === 'available').length === count;
      if (!failed && !isDone) return;
      subscription.dispose();
      if (failed)
        reject(new Error(`${name}/${failed.version}: ${failed.error?.code} ${failed.error?.detail}`));
      else resolve();
    };
    const subscription = engine.models.onDidChange(look);
    look();
  });
}
