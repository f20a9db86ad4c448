import { resolve } from 'node:path';
import { systemClock } from '../../../app/base/clock';
import type { AppError } from '../../../app/base/errors';
import { type Disposable, DisposableStore } from '../../../app/base/lifecycle';
import { ConfigFile } from '../../config/config-file';
import { modelConfigSchema } from '../../config/config-schema';
import type { ServerConfig } from '../../config/server-config';
import { UsageError } from '../usage-error';
import type { ServeFlags } from './flags';

/** Where the models of a server are written down. */
export interface Configuration extends Disposable {
  /** Reads it now. Throws CONFIG_INVALID. */
  read(): Promise<ServerConfig>;
  /** Tells of every edit from now on, where it is to be looked for. */
  watch(changed: (config: ServerConfig) => void, failed: (error: AppError) => void): Promise<void>;
}

/** Source: TensorFlow Serving, server.cc: a configuration file, or one model by name and folder. Throws `UsageError` without either. */
export function configurationOf(flags: ServeFlags): Configuration {
  const { model_config_file: file, model_base_path: basePath, model_name: name } = flags;
  if (file !== undefined) return fromFile(resolve(file), flags.model_config_file_poll_wait_seconds * 1_000);
  if (basePath === undefined)
    throw new UsageError('Give the models to serve: --model_config_file FILE, or --model_base_path DIR.');
  const model = modelConfigSchema.parse({ name: 'model', basePath: resolve(basePath) });
  return {
    read: async () => ({
      kind: 'list',
      models: [{ ...model, name, where: '--model_name' }],
      rootFolder: null,
      resources: null,
      routes: null,
    }),
    watch: async () => undefined,
    dispose: () => undefined,
  };
}

function fromFile(path: string, pollMs: number): Configuration {
  const owned = new DisposableStore();
  return {
    read: () => new ConfigFile({ path, clock: systemClock }).load(),
    watch: async (changed, failed) => {
      if (pollMs === 0) return;
      const file = owned.add(new ConfigFile({ path, pollMs, clock: systemClock }));
      owned.add(file.onDidChange(changed));
      owned.add(file.onDidFail(failed));
      await file.load();
    },
    dispose: () => owned.dispose(),
  };
}
