import { stat } from 'node:fs/promises';
import { UsageError } from './usage-error';

/** Throws `UsageError` unless `path`, called `name` by whoever asked, is a folder. */
export async function checkFolder(path: string, name: string): Promise<void> {
  if (name.trim() === '')
    throw new UsageError('The folder has no name. Say which: slipway COMMAND MODEL_DIR.');
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UsageError(`There is no folder ${name}`);
  if (!found.isDirectory())
    throw new UsageError(`${name} is a file. A model is a folder with numbered version folders.`);
}
