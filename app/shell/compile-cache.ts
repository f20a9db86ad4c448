import * as nodeModule from 'node:module';

/** Keeps compiled code between starts, where Node can (22.8 and newer). */
export function setupCompileCache(folder: string): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(folder);
}
