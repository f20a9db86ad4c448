import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createFileRegistry, fromJson, type JsonObject, toJson } from '@bufbuild/protobuf';
import { fromText } from '@bufbuild/protobuf/txtpb';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { z } from 'zod';
import { configError } from '../../config/config-error';
import type { TlsTexts } from '../../endpoints/tls';
import type { BatchingSettings } from '../../runner/batching/batching-parameters';

type Fields = Readonly<Record<string, string>>;

/** What the small files hold, by message: field and type. Numbers of fields do not matter, since only text is read. */
const messages: Readonly<Record<string, Fields>> = {
  Int64Value: { value: 'TYPE_INT64' },
  BoolValue: { value: 'TYPE_BOOL' },
  StringValue: { value: 'TYPE_STRING' },
  BatchingParameters: {
    max_batch_size: 'Int64Value',
    batch_timeout_micros: 'Int64Value',
    max_enqueued_batches: 'Int64Value',
    num_batch_threads: 'Int64Value',
    thread_pool_name: 'StringValue',
    allowed_batch_sizes: 'repeated TYPE_INT64',
    pad_variable_length_inputs: 'TYPE_BOOL',
    enable_large_batch_splitting: 'BoolValue',
    max_execution_batch_size: 'Int64Value',
  },
  PrometheusConfig: { enable: 'TYPE_BOOL', path: 'TYPE_STRING' },
  MonitoringConfig: { prometheus_config: 'PrometheusConfig' },
  SSLConfig: {
    server_key: 'TYPE_STRING',
    server_cert: 'TYPE_STRING',
    custom_ca: 'TYPE_STRING',
    client_verify: 'TYPE_BOOL',
  },
};

function descriptorOf(name: string, fields: Fields): JsonObject {
  return {
    name,
    field: Object.entries(fields).map(([field, type], index) => {
      const plain = type.replace('repeated ', '');
      return {
        name: field,
        number: index + 1,
        jsonName: field,
        label: plain === type ? 'LABEL_OPTIONAL' : 'LABEL_REPEATED',
        ...(plain.startsWith('TYPE_')
          ? { type: plain }
          : { type: 'TYPE_MESSAGE', typeName: `.slipway.${plain}` }),
      };
    }),
  };
}

/** Reads a message in protobuf's text format. Throws CONFIG_INVALID. */
async function readText(path: string, message: string): Promise<unknown> {
  const messageType = Object.entries(messages).map(([name, fields]) => descriptorOf(name, fields));
  const file = { name: 'files.proto', package: 'slipway', syntax: 'proto3', messageType };
  const schema = createFileRegistry(fromJson(FileDescriptorSetSchema, { file: [file] })).getMessage(
    `slipway.${message}`,
  );
  if (!schema) throw new Error(`${message} is not described`);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw configError(basename(path), 'it cannot be read', cause);
  });
  try {
    return toJson(schema, fromText(schema, text));
  } catch (thrown) {
    throw configError(basename(path), thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
}

const wrappedNumber = z
  .object({ value: z.string().default('0').transform(Number) })
  .transform(({ value }) => value)
  .optional();
const batchingSchema = z.object({
  max_batch_size: wrappedNumber,
  batch_timeout_micros: wrappedNumber,
  max_enqueued_batches: wrappedNumber,
  allowed_batch_sizes: z.array(z.string().transform(Number)).optional(),
  pad_variable_length_inputs: z.boolean().optional(),
  enable_large_batch_splitting: z
    .object({ value: z.boolean().default(false) })
    .transform(({ value }) => value)
    .optional(),
  max_execution_batch_size: wrappedNumber,
});

/** Source: `--batching_parameters_file`. How many runs go at once is a runner's own matter. Throws CONFIG_INVALID. */
export async function readBatchingParameters(path: string): Promise<BatchingSettings> {
  const given = batchingSchema.parse(await readText(path, 'BatchingParameters'));
  return {
    maxBatchSize: given.max_batch_size,
    batchTimeoutMicros: given.batch_timeout_micros,
    maxEnqueuedBatches: given.max_enqueued_batches,
    allowedBatchSizes: given.allowed_batch_sizes,
    padVariableLengthInputs: given.pad_variable_length_inputs,
    enableLargeBatchSplitting: given.enable_large_batch_splitting,
    maxExecutionBatchSize: given.max_execution_batch_size,
  };
}

/** Where TensorFlow Serving serves metrics, and we without being told. */
export const defaultMetricsPath = '/monitoring/prometheus/metrics';
const monitoringSchema = z.object({
  prometheus_config: z
    .object({ enable: z.boolean().default(false), path: z.string().default('') })
    .optional(),
});

/** The path of the metrics; null when they are not wanted. Source: `--monitoring_config_file`. Throws CONFIG_INVALID. */
export async function readMetricsPath(path: string): Promise<string | null> {
  const { prometheus_config: config } = monitoringSchema.parse(await readText(path, 'MonitoringConfig'));
  if (!config?.enable) return null;
  return config.path === '' ? defaultMetricsPath : config.path;
}

const sslSchema = z.object({
  server_key: z.string().default(''),
  server_cert: z.string().default(''),
  custom_ca: z.string().default(''),
  client_verify: z.boolean().default(false),
});

/** Source: `--ssl_config_file`, config/ssl_config.proto. Throws CONFIG_INVALID. */
export async function readSslConfig(path: string): Promise<TlsTexts> {
  const { server_key, server_cert, custom_ca, client_verify } = sslSchema.parse(
    await readText(path, 'SSLConfig'),
  );
  if (server_key === '' || server_cert === '')
    throw configError(basename(path), 'server_key and server_cert are both needed');
  if (client_verify && custom_ca === '')
    throw configError(basename(path), 'client_verify needs custom_ca, by which clients are known');
  return { keyPem: server_key, certPem: server_cert, clientCaPem: client_verify ? custom_ca : null };
}
