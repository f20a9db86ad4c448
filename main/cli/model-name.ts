import { basename, dirname } from 'node:path';

/** A model is called what its folder is called, as far as that is a name. */
export const modelNameOf = (path: string): string =>
  basename(path)
    .replace(/[/:\p{Cc}]/gu, '-')
    .slice(0, 128) ||
  basename(dirname(path)) ||
  'model';
