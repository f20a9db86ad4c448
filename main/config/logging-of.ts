import { resolve } from 'node:path';
import { configError } from './config-error';
import type { LoggingConfig } from './logging-config';
import type { ServerConfig } from './server-config';

/** What each model of a configuration is logged by; files are absolute. Throws CONFIG_INVALID. */
export function loggingOf(config: ServerConfig): ReadonlyMap<string, readonly LoggingConfig[]> {
  const found = new Map<string, readonly LoggingConfig[]>();
  if (config.kind !== 'list') return found;
  for (const { name, logging, where } of config.models) {
    if (!logging) continue;
    const { collector, samplingRate } = logging;
    if (collector.filenamePrefix === '') throw configError(`${where}.logging`, 'no filename prefix');
    if (!(samplingRate >= 0 && samplingRate <= 1))
      throw configError(`${where}.logging`, 'a sampling rate is from 0 to 1');
    const filenamePrefix = resolve(config.rootFolder ?? '.', collector.filenamePrefix);
    found.set(name, [{ collector: { ...collector, filenamePrefix }, samplingRate }]);
  }
  return found;
}
