import { AppError } from '../../app/base/errors';
import type { FileSystemSource } from '../sources/file-system-source';
import type { ScannedVersion } from '../sources/model-scan';

/**
 * A version as it is on disk, once its files are at rest; loaded or not. Throws VERSION_NOT_FOUND, what is wrong with its files or with the
 * model's folder, and CANCELLED.
 */
export async function versionAtRest(
  source: Pick<FileSystemSource, 'rescan' | 'scanOf' | 'onDidScan'>,
  model: string,
  version: number,
  signal: AbortSignal,
): Promise<ScannedVersion> {
  await source.rescan(model); // at the start of the app nobody may have looked yet
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = stateOf(source, model, version, signal);
      if (found === undefined) return;
      subscription.dispose();
      signal.removeEventListener('abort', look);
      if (found instanceof AppError) reject(found);
      else resolve(found);
    };
    const subscription = source.onDidScan(({ name }) => {
      if (name === model) look();
    });
    signal.addEventListener('abort', look, { once: true });
    look();
  });
}

/** Undefined while its files change. */
function stateOf(
  source: Pick<FileSystemSource, 'scanOf'>,
  model: string,
  version: number,
  signal: AbortSignal,
): ScannedVersion | AppError | undefined {
  if (signal.aborted) return new AppError('CANCELLED');
  const scan = source.scanOf(model);
  if (scan?.problem) return scan.problem;
  const found = scan?.versions.find((it) => it.version === version);
  if (!found?.isOnDisk) return new AppError('VERSION_NOT_FOUND', { model, version: String(version) });
  if (found.error) return found.error;
  return found.isStable ? found : undefined;
}
