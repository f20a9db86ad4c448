import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../../app/base/errors';
import type { BatchVersion } from './batch-host';

/** A batch that goes on must not mix the answers of different contents or settings. Throws FAILED_PRECONDITION. */
export function assertSameVersions(
  model: string,
  before: readonly BatchVersion[],
  now: readonly BatchVersion[],
): void {
  const changed = now.find((it, index) => !isDeepStrictEqual(it, before[index]));
  if (!changed) return;
  const version = String(changed.version);
  throw new AppError(
    'FAILED_PRECONDITION',
    { model, version },
    { detail: `Version ${version} is not what it was when the batch began` },
  );
}
