import { AppError } from '../../app/base/errors';

/** What `run` throws or rejects with; fails when it does neither. */
export async function failureOf(run: () => unknown): Promise<AppError> {
  try {
    await run();
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('Nothing was thrown');
}
