import { createEngine } from '../engine';
import { whenAnswering } from '../engine/when-answering';
import type { Engine } from '../engine-api';
import { createNodeSpawn } from '../runner/spawn-node';
import type { Lifetime } from './lifetime';
import { modelNameOf } from './model-name';
import { UsageError } from './usage-error';

/** Loads one version of the model in a folder, the newest unless told. Throws `UsageError` for a folder without versions, and why it will not load. */
export async function openModel(
  basePath: string,
  version: number | undefined,
  lifetime: Lifetime,
  runnerPath: string,
): Promise<{ readonly engine: Engine; readonly name: string; readonly version: number }> {
  const name = modelNameOf(basePath);
  const engine = await lifetime.own(
    await createEngine({
      spawnRunner: createNodeSpawn(runnerPath),
      stateFolder: null,
      samplesFolder: null,
      settings: { stabilityMs: 0, maxLoadRetries: 0 },
      models: [
        {
          name,
          basePath,
          policy:
            version === undefined ? { kind: 'latest', count: 1 } : { kind: 'specific', versions: [version] },
        },
      ],
    }),
  );
  await engine.models.rescan(name);
  const asked = version ?? engine.models.get(name)?.versions[0]?.version;
  if (asked === undefined) throw new UsageError('The folder of the model holds no version folders.');
  await whenAnswering(engine, name, asked, lifetime.signal);
  return { engine, name, version: asked };
}
