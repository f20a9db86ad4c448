import { z } from 'zod';
import { tensorFormats } from '../../../app/base/tensor-files';
import { modelNameSchema, versionNumberSchema } from '../../../app/contract/models';

export const predictionKind = 'batchPrediction';

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
