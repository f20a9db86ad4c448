import { z } from 'zod';

// What the HTTP server answers. The client checks answers against these, and the OpenAPI document is made of them.

export const errorSchema = z.object({ error: z.string() });

const statusSchema = z.object({ error_code: z.string(), error_message: z.string() });
export const versionStatusSchema = z.object({
  /** A number as text, as protocol buffers write 64-bit numbers in JSON. */
  version: z.string(),
  state: z.enum(['START', 'LOADING', 'AVAILABLE', 'UNLOADING', 'END']),
  status: statusSchema,
});
export type VersionStatus = z.infer<typeof versionStatusSchema>;
export const modelStatusSchema = z.object({ model_version_status: z.array(versionStatusSchema) });
export const modelListSchema = z.object({
  models: z.array(
    modelStatusSchema.extend({
      name: z.string(),
      platform: z.string(),
      /** The version that each means now. */
      labels: z.record(z.string(), z.string()),
      /** Labels that wait for another version to be available, with that version. */
      pending_labels: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
export type ListedModel = z.infer<typeof modelListSchema>['models'][number];

const tensorInfoSchema = z.object({
  dtype: z.string(),
  name: z.string(),
  tensor_shape: z.object({
    dim: z.array(z.object({ size: z.string(), name: z.string() })),
    unknown_rank: z.boolean(),
  }),
});
export const modelMetadataSchema = z.object({
  model_spec: z.object({ name: z.string(), signature_name: z.string(), version: z.string() }),
  metadata: z.object({
    signature_def: z.object({
      signature_def: z.record(
        z.string(),
        z.looseObject({
          inputs: z.record(z.string(), tensorInfoSchema),
          outputs: z.record(z.string(), tensorInfoSchema),
          method_name: z.string(),
        }),
      ),
    }),
  }),
});

export const lookupRequestSchema = z.object({ keys: z.array(z.string()) });
export const lookupAnswerSchema = z.object({
  model: z.string(),
  version: z.int(),
  /** The keys that are in the table, in the order in which they were asked for. */
  found: z.array(z.string()),
  /** A row for each of `found`. */
  values: z.array(z.array(z.union([z.number(), z.string(), z.boolean(), z.null()]))),
  missing: z.array(z.string()),
});
export type TableRows = z.infer<typeof lookupAnswerSchema>;
export const nearestRequestSchema = z.object({
  /** A key, or a vector. */
  to: z.union([z.string(), z.array(z.number())]),
  count: z.int().positive().optional(),
});
export const nearestAnswerSchema = z.object({
  model: z.string(),
  version: z.int(),
  /** The most similar first; the row itself is not among them. */
  neighbours: z.array(z.object({ key: z.string(), similarity: z.number() })),
});
export type TableNeighbours = z.infer<typeof nearestAnswerSchema>;

export const predictRequestSchema = z.object({
  signature_name: z.string().optional(),
  /** One element an example; or, instead, */
  instances: z.array(z.unknown()).optional(),
  /** whole tensors, by name where there is more than one. */
  inputs: z.unknown().optional(),
});
export type PredictRequestBody = z.infer<typeof predictRequestSchema>;
export const predictAnswerSchema = z.union([
  z.object({ predictions: z.array(z.unknown()) }),
  z.object({ outputs: z.unknown() }),
]);
export type PredictAnswer = z.infer<typeof predictAnswerSchema>;

export const examplesSchema = z.object({
  signature_name: z.string().optional(),
  context: z.record(z.string(), z.unknown()).optional(),
  examples: z.array(z.record(z.string(), z.unknown())),
});
/** For each example its classes, the most probable first. */
export const classesAnswerSchema = z.object({
  results: z.array(z.array(z.tuple([z.string(), z.number().nullable()]))),
});
export const regressAnswerSchema = z.object({ results: z.array(z.number().nullable()) });

export const pictureResultSchema = z.union([
  z.object({
    /** The file's name in a form. */
    name: z.string().optional(),
    classes: z.array(z.object({ index: z.int(), label: z.string(), probability: z.number() })),
    timings_ms: z.object({
      queue: z.number(),
      decode: z.number(),
      preprocess: z.number(),
      run: z.number(),
    }),
  }),
  z.object({ name: z.string().optional(), error: z.string() }),
]);
export const picturesAnswerSchema = z.object({
  model: z.string(),
  version: z.int(),
  results: z.array(pictureResultSchema),
});
export type PicturesAnswer = z.infer<typeof picturesAnswerSchema>;

// batches

export const batchSchema = z.object({
  id: z.string(),
  model: z.string(),
  versions: z.array(z.int()),
  state: z.enum(['queued', 'running', 'paused', 'cancelling', 'done', 'failed', 'cancelled', 'interrupted']),
  /** Why it failed. */
  error: z.string().nullable(),
  progress: z.object({
    done: z.int(),
    /** Null until they are counted. */
    total: z.int().nullable(),
    /** Of those that are done, the pictures without an answer of every version. */
    failed: z.int(),
  }),
  created_at: z.string(),
  ended_at: z.string().nullable(),
});
export type Batch = z.infer<typeof batchSchema>;
export const batchListSchema = z.object({ batches: z.array(batchSchema) });
export const batchFolderSchema = z.object({
  model: z.string(),
  /** Below the root that the server was started with. */
  folder: z.string(),
  /** The newest when absent. */
  versions: z.array(z.int()).optional(),
  label: z.string().optional(),
  top: z.int().optional(),
});
export const batchResultSchema = z.object({
  /** The place of the picture in what was sent. */
  index: z.int(),
  name: z.string(),
  results: z.array(
    z.union([
      z.object({
        version: z.int(),
        classes: z.array(
          z.object({ index: z.int(), label: z.string().nullable(), probability: z.number().nullable() }),
        ),
      }),
      z.object({ version: z.int(), error: z.string() }),
    ]),
  ),
});
export type BatchPictureResult = z.infer<typeof batchResultSchema>;

// Open Inference Protocol

export const serverMetadataSchema = z.object({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});
export const liveSchema = z.object({ live: z.boolean() });
export const readySchema = z.object({ live: z.boolean(), ready: z.boolean() });
export const modelReadySchema = z.object({ name: z.string(), ready: z.boolean() });
const tensorMetadataSchema = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.int()),
});
export const oipMetadataSchema = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorMetadataSchema),
  outputs: z.array(tensorMetadataSchema),
});
export const oipConfigSchema = z.looseObject({
  name: z.string(),
  platform: z.string(),
  max_batch_size: z.int(),
});
const parametersSchema = z.record(z.string(), z.unknown());
export const inferRequestSchema = z.object({
  id: z.string().optional(),
  parameters: parametersSchema.optional(),
  inputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int()),
      datatype: z.string(),
      parameters: parametersSchema.optional(),
      data: z.array(z.unknown()).optional(),
    }),
  ),
  outputs: z.array(z.object({ name: z.string(), parameters: parametersSchema.optional() })).optional(),
});
export type InferRequestBody = z.infer<typeof inferRequestSchema>;
export const inferAnswerSchema = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int()),
      datatype: z.string(),
      parameters: parametersSchema.optional(),
      data: z.array(z.unknown()).optional(),
    }),
  ),
});
export type InferAnswer = z.infer<typeof inferAnswerSchema>;
export const repositoryIndexRequestSchema = z.object({ ready: z.boolean().optional() });
export const repositoryIndexSchema = z.array(
  z.object({ name: z.string(), version: z.string(), state: z.string(), reason: z.string() }),
);
export const repositoryLoadSchema = z.object({ parameters: parametersSchema.optional() });
export const statisticsSchema = z.object({
  model_stats: z.array(
    z.looseObject({
      name: z.string(),
      version: z.string(),
      inference_count: z.int(),
      execution_count: z.int(),
    }),
  ),
});

export const feedbackAnswerSchema = z.object({
  taken: z.int(),
  /** Of a list: what was not taken, and why. */
  refused: z.array(z.object({ requestId: z.string(), error: z.string() })),
});
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>;
