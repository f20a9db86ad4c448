import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../base/errors';
import { statusCodes } from '../base/status';

export const wireErrorSchema = z.strictObject({
  code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]),
  status: z.enum(statusCodes),
  params: z.record(z.string(), z.string()),
  detail: z.string(),
});

export const replySchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: wireErrorSchema }),
]);
export type Reply = z.infer<typeof replySchema>;
