import { getSystemErrorMap } from 'node:util';

/**
 * What the system refused about a file that the command line names, in its words; undefined for any other error. No fault of ours: a
 * place that is no folder, may not be written to, or has no room.
 */
export function systemErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error && 'path' in error && 'errno' in error))
    return undefined;
  const { code, path, errno } = error;
  const [name, message] = (typeof errno === 'number' && getSystemErrorMap().get(errno)) || [];
  if (name !== code || message === undefined || typeof path !== 'string') return undefined;
  return `${path}: ${message} (${name}). Check this place, or name another.`;
}
