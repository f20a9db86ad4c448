import { z } from 'zod';
import { defaultIdleUnloadMs, idleUnloadMsSchema, loadedSchema } from '../../app/contract/loading';
import {
  modelNameSchema,
  switchingSchema,
  versionNumberSchema,
  versionPolicySchema,
} from '../../app/contract/models';
import { routeSchema } from '../../app/contract/routes';
import { runningSettingsSchema } from '../../app/contract/running';
import { loggingSchema } from './logging-config';

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const size = /^(\d+(?:\.\d+)?) ?(B|[kMGT]B|[KMGT]iB)$/;

/** A number of bytes, or a text such as `2 GB` or `1.5GiB`. */
const bytesSchema = z.union([
  z.int().positive(),
  z
    .string()
    .regex(size, 'expected a size such as 2 GB')
    .transform((text) => {
      const [, number = '0', unit = 'B'] = size.exec(text) ?? [];
      return Math.round(Number(number) * (unitBytes[unit] ?? 1));
    }),
]);

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1e3, min: 60e3, h: 3_600e3 };
const duration = /^(\d+(?:\.\d+)?) ?(ms|s|min|h)$/;

/** A number of milliseconds, or a text such as `10 min` or `1.5 h`; null for ever. */
const idleUnloadSchema = z.union([
  idleUnloadMsSchema,
  z
    .string()
    .regex(duration, 'expected a time such as 10 min')
    .transform((text) => {
      const [, number = '0', unit = 'ms'] = duration.exec(text) ?? [];
      return Math.round(Number(number) * (unitMs[unit] ?? 1));
    })
    .pipe(z.int().positive().max(2_000_000_000)),
]);

/** The platform of a model whose files say which one it is. */
export const foundOut = 'auto';

/** As a person sets it in the page, but for sizes, which may be written as texts. */
const runningSchema = runningSettingsSchema.extend({
  memoryCapBytes: bytesSchema
    .optional()
    .describe('Resident memory above which the process of a version is ended, such as 2 GB'),
});

/** One model of a configuration: what a person sets about it, and nothing that is found out from its files. */
export const modelConfigSchema = z.strictObject({
  name: modelNameSchema.describe('What stands in /v1/models/NAME'),
  basePath: z.string().min(1).describe('The folder with the version folders; relative to rootFolder'),
  platform: z
    .string()
    .min(1)
    .default(foundOut)
    .describe('What kind of model it is: onnx, tfjs or lookup-table; found out from its files when not set'),
  policy: versionPolicySchema.default({ kind: 'latest', count: 1 }).describe('Which versions are wanted'),
  switching: switchingSchema
    .default('availabilityPreserving')
    .describe('Load the new version before the old one goes, or after'),
  keepLastGood: z.boolean().default(true).describe('Keep serving when the folder vanishes'),
  loaded: loadedSchema
    .default('always')
    .describe('Load what the policy asks for always, or when it is asked for the first time'),
  idleUnloadMs: idleUnloadSchema
    .prefault(defaultIdleUnloadMs)
    .describe(
      'How long what is loaded on demand may lie unused before it is unloaded, such as 10 min; null for ever, unless memory is short',
    ),
  pinned: z
    .array(versionNumberSchema)
    .default([])
    .describe('Versions that stay in memory once they are loaded on demand'),
  labels: z.record(z.string(), versionNumberSchema).default({}).describe('Names for versions'),
  running: runningSchema.default({}).describe('How its versions are run'),
});
/** A model's settings, complete. */
export type ModelConfig = z.infer<typeof modelConfigSchema>;

export const resourcesSchema = z.strictObject({
  memory: bytesSchema.optional().describe('What models may take together; half of the machine when not set'),
});

/** Slipway's own configuration document, in YAML or JSON. */
export const configDocumentSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  rootFolder: z
    .string()
    .min(1)
    .optional()
    .describe('Where relative base paths begin; the folder of this document when not set'),
  resources: resourcesSchema.default({}),
  models: z
    .array(
      modelConfigSchema.extend({
        logging: loggingSchema.optional().describe('Keep a sample of its requests, for slipway replay'),
      }),
    )
    .default([]),
  routes: z
    .array(routeSchema)
    .default([])
    .describe('Names that lead to several versions: splits, audiences, shadows'),
});
export type ConfigDocument = z.infer<typeof configDocumentSchema>;

/** The document's JSON Schema (draft 2020-12), for editors that complete and check it while it is written: `app/resources/slipway-config.schema.json` holds it. */
export const configJsonSchema = (): Record<string, unknown> =>
  z.toJSONSchema(configDocumentSchema, { io: 'input' });
