import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import { modelNameSchema } from '../../../app/contract/models';
import type { FindRoute, HttpCall, HttpReply, HttpRoute } from '../http/http-call';
import { conforming, parseJson } from '../http/json-body';
import { jsonReply, jsonType } from '../http/replies';
import type { InferencePort } from '../inference-port';
import type { BatchPort, BatchResult, BatchStatus, NewBatch } from './batch-port';

export interface BatchRoutesOptions {
  readonly port: InferencePort;
  readonly batches: BatchPort;
}

const root = '/v1/batches';
const onePath = /^\/v1\/batches\/([\w-]{1,64})(\/results|:cancel)?$/;
const accepted = 202;
const defaultTop = 5;
const ndjsonType = 'application/x-ndjson';

/** What is asked for, in the query of an upload or in the body of a request about a folder. */
const askSchema = z.object({
  model: modelNameSchema,
  /** Numbers, separated by commas in a query; the newest when absent. */
  versions: z
    .union([z.string(), z.array(z.int().nonnegative()).min(1)])
    .transform((given) => (typeof given === 'string' ? given.split(',').map(Number) : given))
    .pipe(z.array(z.int().nonnegative()).min(1).max(16))
    .optional(),
  label: z.string().optional(),
  top: z.coerce.number().int().min(1).max(10_000).default(defaultTop),
});
const folderSchema = askSchema.extend({ folder: z.string().min(1) });
const mostFolderBytes = 64 * 1024;

/** Batches over HTTP: asked for with pictures, looked at, read, cancelled and deleted. */
export function createBatchRoutes(options: BatchRoutesOptions): FindRoute {
  return (method, url) => {
    const [path = '', query = ''] = url.split('?', 2);
    if (path !== root && !path.startsWith(`${root}/`)) return null;
    const route = path === root ? collection(options, method, query) : member(options, method, path, query);
    if (route) return route;
    throw invalid(`Malformed request: ${method} ${path}`);
  };
}

function collection({ port, batches }: BatchRoutesOptions, method: string, query: string): HttpRoute | null {
  if (method === 'GET')
    return {
      ...named('ListBatches'),
      handle: async ({ caller }) => jsonReply({ batches: batches.list(caller).map(statusJson) }),
    };
  if (method !== 'POST') return null;
  return {
    ...named('CreateBatch'),
    handle: async (call) => {
      const created = await batches.create(await newBatch(port, call, query));
      const reply = jsonReply(statusJson(created), { model: created.model }, accepted);
      return { ...reply, headers: { location: `${root}/${created.id}` } };
    },
  };
}

function member(
  { batches }: BatchRoutesOptions,
  method: string,
  path: string,
  query: string,
): HttpRoute | null {
  const [, id = '', what] = onePath.exec(path) ?? [];
  if (id === '') return null;
  const reply = (status: BatchStatus): HttpReply => jsonReply(statusJson(status), { model: status.model });
  switch (`${method} ${what ?? ''}`) {
    case 'GET ':
      return { ...named('GetBatch'), handle: async ({ caller }) => reply(batches.get(id, caller)) };
    case 'GET /results':
      return { ...named('BatchResults'), handle: async (call) => results(batches, id, call, query) };
    case 'POST :cancel':
      return { ...named('CancelBatch'), handle: async ({ caller }) => reply(batches.cancel(id, caller)) };
    case 'DELETE ':
      return {
        ...named('DeleteBatch'),
        handle: async ({ caller }) => {
          await batches.remove(id, caller);
          return jsonReply({});
        },
      };
    default:
      return null;
  }
}

const named = (api: string) => ({ api, model: '', scope: 'infer' }) as const;

function results(batches: BatchPort, id: string, { caller, signal }: HttpCall, query: string): HttpReply {
  const { model } = batches.get(id, caller); // so that an unknown one is an answer of its own
  const isFollowing = /^(true|1|)$/.test(new URLSearchParams(query).get('follow') ?? 'no');
  async function* lines(): AsyncGenerator<string> {
    for await (const result of batches.results(id, caller, { isFollowing, signal }))
      yield result === null ? '\n' : `${JSON.stringify(resultJson(result))}\n`;
  }
  return { status: 200, contentType: ndjsonType, body: lines(), record: { status: 'OK', model } };
}

/** Throws INVALID_ARGUMENT, SERVABLE_NOT_FOUND for versions that do not answer, LABEL_UNKNOWN. */
async function newBatch(port: InferencePort, call: HttpCall, query: string): Promise<NewBatch> {
  const contentType = call.headers['content-type'] ?? '';
  const body = await call.body();
  if (!contentType.toLowerCase().startsWith(jsonType)) {
    const asked = conforming(askSchema, Object.fromEntries(new URLSearchParams(query)));
    return { ...resolved(port, call, asked), pictures: { kind: 'upload', body, contentType } };
  }
  if (body.length > mostFolderBytes)
    throw invalid('Pictures in JSON come one a line, as application/x-ndjson');
  const asked = conforming(folderSchema, parseJson(body));
  return { ...resolved(port, call, asked), pictures: { kind: 'folder', path: asked.folder } };
}

/** Only what answers over the network may be asked. */
function resolved(
  port: InferencePort,
  { caller }: HttpCall,
  { model, versions, label, top }: z.infer<typeof askSchema>,
): Omit<NewBatch, 'pictures'> {
  const wanted = versions?.map((version) => port.resolve(model, { version })) ?? [
    port.resolve(model, label === undefined ? 'latest' : { label }),
  ];
  return { owner: caller, model, versions: [...new Set(wanted)], top };
}

const statusJson = ({ createdAtMs, endedAtMs, done, total, failed, ...status }: BatchStatus) => ({
  ...status,
  progress: { done, total, failed },
  created_at: new Date(createdAtMs).toISOString(),
  ended_at: endedAtMs === null ? null : new Date(endedAtMs).toISOString(),
});

const resultJson = ({ index, name, results }: BatchResult) => ({ index, name, results });

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
