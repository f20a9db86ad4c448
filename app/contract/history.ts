import { z } from 'zod';
import { wireErrorSchema } from './error';
import {
  lifecycleSchema,
  modelNameSchema,
  switchingSchema,
  versionNumberSchema,
  versionPolicySchema,
} from './models';

/** Which events: all conditions hold together. Times are milliseconds since the epoch, both ends included. */
export const eventFilterSchema = z.strictObject({
  model: modelNameSchema.optional(),
  version: versionNumberSchema.optional(),
  sinceMs: z.number().optional(),
  untilMs: z.number().optional(),
  /** Only those before this one: the next page. */
  beforeId: z.int().optional(),
  limit: z.int().positive().max(1_000),
});

/** How a model stood at a moment, as far as the event log keeps it: states, no measurements. */
export const pastModelSchema = z.strictObject({
  policy: versionPolicySchema,
  switching: switchingSchema,
  labels: z.array(
    z.strictObject({
      label: z.string(),
      version: versionNumberSchema,
      appliedVersion: versionNumberSchema.nullable(),
    }),
  ),
  problem: wireErrorSchema.nullable(),
  /** Newest first. */
  versions: z.array(
    z.strictObject({
      version: versionNumberSchema,
      lifecycle: lifecycleSchema,
      isAspired: z.boolean(),
      error: wireErrorSchema.nullable(),
    }),
  ),
});
export type PastModel = z.infer<typeof pastModelSchema>;

export const pastStateSchema = z.strictObject({
  /** False for a moment before the oldest event that is kept. */
  isCovered: z.boolean(),
  /** Null when the model was not in the list. */
  model: pastModelSchema.nullable(),
});
export type PastState = z.infer<typeof pastStateSchema>;
