import { z } from 'zod';
import { AppError } from '../../app/base/errors';
import { fileCollectorType } from '../config/logging-config';
import type { Routed } from '../routes-api';
import { base64BytesSchema, recordedCallSchema } from '../runner/codecs/recorded-call';
import { recordable } from '../traffic/request-attributes';
import { LineFile } from './line-file';
import type { CreateCollector, LogCollector } from './request-log';
import type { RequestRecord } from './request-record';

const textsSchema = z.record(z.string(), z.string());
const attributesSchema = z.object({
  requestId: z.string(),
  headers: textsSchema,
  token: z.string().nullable(),
  context: textsSchema,
  parameters: textsSchema,
});

/** One line of a request log: enough to ask the same again, and to compare what is answered. */
export const loggedRequestSchema = recordedCallSchema.extend({
  v: z.literal(1),
  requestId: z.string(),
  atMs: z.number(),
  entrypoint: z.enum(['REST', 'GRPC']),
  api: z.string(),
  model: z.string(),
  version: z.number().nullable(),
  /** Where a route sent it; absent where none was asked. */
  routed: z
    .object({
      route: z.string(),
      arm: z.string(),
      rule: z.string().nullable(),
      reason: z.string(),
      model: z.string(),
    })
    .exactOptional(),
  /** What could decide about its way, without secrets; absent in what an older Slipway wrote. */
  attributes: attributesSchema.exactOptional(),
  status: z.string(),
  durationMs: z.number(),
  response: base64BytesSchema.nullable(),
});
export type LoggedRequest = z.infer<typeof loggedRequestSchema>;

/** The file of a prefix. */
export const requestFile = (prefix: string): string => `${prefix}.jsonl`;

/** Collects requests in `PREFIX.jsonl`. Throws INVALID_ARGUMENT for another type of collector. */
export const createFileCollector: CreateCollector = async ({ collector }) => {
  if (collector.type !== fileCollectorType)
    throw new AppError(
      'INVALID_ARGUMENT',
      {},
      { detail: `There is no log collector of type ${JSON.stringify(collector.type)}.` },
    );
  const file = await LineFile.open(requestFile(collector.filenamePrefix));
  return {
    collect: (record) => {
      const line = lineOf(record);
      if (line === null) return null;
      return file.append(line) ? 'OK' : 'RESOURCE_EXHAUSTED';
    },
    close: () => file.close(),
  } satisfies LogCollector;
};

/** Null for a call that is no inference. */
function lineOf(record: RequestRecord): string | null {
  const { exchange, requestId, startedAtMs, entrypoint, api, model, version, status, durationMs } = record;
  if (!exchange) return null;
  const { codec, params, request, response } = exchange;
  const { routed, attributes } = record;
  return JSON.stringify({
    v: 1,
    requestId,
    atMs: startedAtMs,
    entrypoint,
    api,
    model,
    version,
    ...(routed ? { routed: loggedRoute(routed) } : {}),
    ...(attributes ? { attributes: recordable(attributes) } : {}),
    status,
    durationMs,
    codec,
    params,
    request: base64(request),
    response: response && base64(response),
  });
}

const loggedRoute = ({ route, arm, rule, reason, model }: Routed) => ({ route, arm, rule, reason, model });

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
