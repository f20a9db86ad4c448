import { basename, dirname, extname } from 'node:path';
import { parseVersion } from './version-folders';

const archiveName = /\.(zip|tar|tgz|tar\.gz)$/i;
/** Is this the name of an archive that can be unpacked? */
export const isArchiveName = (name: string): boolean => archiveName.test(name);

/** The name itself, or with the first number from 2 that makes it free. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

/** A file's or folder's name as the name of a model: without slashes, colons and control characters, at most 120 long. */
export function modelNameFrom(name: string): string {
  const allowed = name.replace(/[/:\p{Cc}]+/gu, '-').trim();
  return [...allowed].slice(0, 120).join('') || 'model';
}

/** What a lone file suggests as its model's name: its own name, unless it is as general as `model.onnx`: then that of the folder that says more. */
export function nameOfFile(path: string): string {
  const own = isArchiveName(path) ? basename(path).replace(archiveName, '') : basename(path, extname(path));
  if (!/^(model|model_quantized|network|graph)$/i.test(own)) return modelNameFrom(own);
  for (let folder = dirname(path); dirname(folder) !== folder; folder = dirname(folder))
    if (parseVersion(basename(folder)) === null && basename(folder).toLowerCase() !== 'onnx')
      return modelNameFrom(basename(folder));
  return modelNameFrom(own);
}
