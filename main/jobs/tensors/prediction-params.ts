import { z } from 'zod';
import { modelNameSchema, versionNumberSchema } from '../../../app/contract/models';
import { tensorFormats } from '../../runner/tensors/tensor-format';

/** What a batch prediction is asked for with. */
export const predictionParamsSchema = z.strictObject({
  model: modelNameSchema,
  versions: z.array(versionNumberSchema).min(1),
  /** The outputs that are kept; empty keeps all. */
  outputs: z.array(z.string()),
  input: z.strictObject({
    format: z.enum(tensorFormats),
    /** Absolute, on this machine. */
    path: z.string().min(1),
  }),
  /** What the answers are to become: one that cannot hold them is refused before anything is asked. */
  target: z.enum(tensorFormats),
});
export type PredictionParams = z.infer<typeof predictionParamsSchema>;
