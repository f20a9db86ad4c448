import { z } from 'zod';
import { modelNameSchema } from '../../../app/contract/models';
import { modelConfigSchema } from '../../config/config-schema';

/** A model as a client sends it: its name stands in the URL already. */
export const modelRequestSchema = modelConfigSchema.extend({
  name: modelNameSchema.optional(),
  basePath: z.string().min(1).describe('The folder with the version folders, on the server; absolute'),
});

/** What a call meant for the model. */
export const modelChangeSchema = z.strictObject({
  model: z.string(),
  change: z.enum(['added', 'changed', 'removed', 'unchanged']),
  /** Which of its settings are new; empty unless it is `changed`. */
  settings: z.array(z.string()),
});
