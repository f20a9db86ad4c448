import { z } from 'zod';
import { modelNameSchema, versionNumberSchema } from '../../../app/contract/models';

/** Where the pictures of a batch are named. Paths in a list are relative to the list. */
export const batchInputSchema = z.strictObject({
  /** `folder` is looked through with all that is below it. */
  kind: z.enum(['folder', 'list', 'csv', 'jsonl']),
  /** Absolute, on this machine. */
  path: z.string().min(1),
});
export type BatchInput = z.infer<typeof batchInputSchema>;

/** What a batch classification is asked for with. */
export const batchParamsSchema = z.strictObject({
  model: modelNameSchema,
  versions: z.array(versionNumberSchema).min(1),
  /** How many classes of each answer are kept. */
  top: z.int().min(1).max(10_000),
  input: batchInputSchema,
});
export type BatchParams = z.infer<typeof batchParamsSchema>;
