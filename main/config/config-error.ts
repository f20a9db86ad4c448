import { AppError } from '../../app/base/errors';

/** CONFIG_INVALID: `where` names the place as its author knows it, such as `models[1].policy, line 7`. */
export const configError = (where: string, reason: string, cause?: unknown): AppError =>
  new AppError('CONFIG_INVALID', { where, reason }, { detail: `${where}: ${reason}`, cause });
