import { z } from 'zod';

/** Where a sample of a model's requests is logged. Source: TensorFlow Serving, config/logging_config.proto and log_collector_config.proto. */
export interface LoggingConfig {
  readonly collector: { readonly type: string; readonly filenamePrefix: string };
  /** The share of requests that is logged, 0 to 1. */
  readonly samplingRate: number;
}

/** The type of collector that writes `PREFIX.jsonl`. */
export const fileCollectorType = 'file';

/** As it stands in Slipway's own document. */
export const loggingSchema = z
  .strictObject({
    filenamePrefix: z
      .string()
      .min(1)
      .describe('Requests are written to PREFIX.jsonl; relative to where base paths begin'),
    samplingRate: z.number().min(0).max(1).default(1).describe('Which share of them, 0 to 1'),
  })
  .transform(
    ({ filenamePrefix, samplingRate }): LoggingConfig => ({
      collector: { type: fileCollectorType, filenamePrefix },
      samplingRate,
    }),
  );

/** As protobuf's `LoggingConfig` has it, in JSON; null where it is absent. */
export const protoLoggingSchema = z
  .looseObject({
    log_collector_config: z
      .looseObject({ type: z.string().default(''), filename_prefix: z.string().default('') })
      .nullish(),
    sampling_config: z.looseObject({ sampling_rate: z.number().default(0) }).nullish(),
  })
  .nullish()
  .transform((config): LoggingConfig | null => {
    if (!config) return null;
    const { type = '', filename_prefix: filenamePrefix = '' } = config.log_collector_config ?? {};
    return {
      collector: { type: type || fileCollectorType, filenamePrefix },
      samplingRate: config.sampling_config?.sampling_rate ?? 0,
    };
  });
