import { AppError } from '../../../../app/base/errors';

/** A row that is not as the others are; `place` is `line 3` or `entry 3`. */
export const badRow = (file: string, place: string, reason: string): AppError =>
  new AppError('TABLE_ROW_INVALID', { file, place, reason }, { detail: `${file}, ${place}: ${reason}` });

/** A file that cannot be read as what it is called. */
export const badFile = (file: string, reason: string, cause?: unknown): AppError =>
  new AppError('TABLE_FILE_INVALID', { file, reason }, { detail: `${file}: ${reason}`, cause });

export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
