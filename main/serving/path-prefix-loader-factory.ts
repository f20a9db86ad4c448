import type { CachingLoaderFactory } from './caching-manager';
import type { Loader } from './loader';
import { servableData, servableError } from './servable-data';
import { servablePrecondition } from './servable-errors';
import { joinPath } from './source-adapter';

/**
 * For models that have no versions: the name is a path under a prefix, and version 0 the only one.
 * Source: TensorFlow Serving, core/caching_manager.h (`PathPrefixLoaderFactory`).
 */
export const pathPrefixLoaderFactory = (
  prefix: string,
  createLoader: (path: string) => Loader,
): CachingLoaderFactory => ({
  createLoader: (id) =>
    id.version === 0
      ? servableData(id, createLoader(joinPath(prefix, id.name)))
      : servableError(id, servablePrecondition(id, 'there is version 0 only')),
  getServableVersion: () => 0,
});
