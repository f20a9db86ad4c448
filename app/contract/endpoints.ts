import { z } from 'zod';
import { statusCodes } from '../base/status';
import { wireErrorSchema } from './error';
import { modelNameSchema, versionNumberSchema } from './models';
import { pictureOfferSchema } from './pictures';
import { decisionSchema } from './routes';

const portSchema = z.int().min(1).max(65_535);

/** How programs may reach the models. What is wanted; `EndpointsState` says what is. */
export const endpointSettingsSchema = z.strictObject({
  isOn: z.boolean(),
  /** Null serves no HTTP. */
  restPort: portSchema.nullable(),
  /** Null serves no gRPC. */
  grpcPort: portSchema.nullable(),
  /** From other machines only with a token, whatever `needsToken` says. */
  reach: z.enum(['thisMachine', 'network']),
  needsToken: z.boolean(),
  /** May web pages of any site call? */
  isCorsEnabled: z.boolean(),
});
export type EndpointSettings = z.infer<typeof endpointSettingsSchema>;

export const defaultEndpointSettings: EndpointSettings = {
  isOn: false,
  restPort: 8_501,
  grpcPort: 8_500,
  reach: 'thisMachine',
  needsToken: false,
  isCorsEnabled: false,
};

const addressSchema = z.strictObject({
  host: z.string(),
  /** The next free one where the wanted one was taken. */
  port: portSchema,
  /** What a client is given: `http://127.0.0.1:8501`, `127.0.0.1:8500`. Where others may call, an address of this machine in its network. */
  text: z.string(),
  /** Its further addresses, in the same form. */
  others: z.array(z.string()),
});

export const endpointsStateSchema = z.strictObject({
  settings: endpointSettingsSchema,
  status: z.enum(['off', 'starting', 'on', 'stopping']),
  rest: addressSchema.nullable(),
  grpc: addressSchema.nullable(),
  /** Why it is off although it should be on. */
  problem: wireErrorSchema.nullable(),
  tokenCount: z.int(),
});
export type EndpointsState = z.infer<typeof endpointsStateSchema>;

export const servedRequestSchema = z.strictObject({
  /** Counts up from 1, in the order of the answers. */
  number: z.int(),
  requestId: z.string(),
  atMs: z.number(),
  entrypoint: z.enum(['REST', 'GRPC']),
  /** Such as `Predict`. */
  api: z.string(),
  /** As it was called: `POST /v1/models/digits:predict`, `/tensorflow.serving.PredictionService/Predict`. */
  path: z.string(),
  /** Null over gRPC. */
  httpStatus: z.int().nullable(),
  /** A model or a route, as the call names it; empty where it names none. */
  model: z.string(),
  version: versionNumberSchema.nullable(),
  /** Where the route sent it, and why; null where no route was called, or it chose none. */
  decision: decisionSchema.nullable(),
  status: z.enum(statusCodes),
  durationMs: z.number(),
  /** A token's name; null where none was needed. */
  caller: z.string().nullable(),
});
export type ServedRequest = z.infer<typeof servedRequestSchema>;

const textSchema = z.strictObject({
  /** Its beginning. */
  text: z.string(),
  isCut: z.boolean(),
});
/** What is kept of a request beside its line in the list. */
export const requestDetailSchema = z.strictObject({
  /** Where the time went; null where no model ran. */
  timingsMs: z
    .strictObject({ parse: z.number(), queue: z.number(), run: z.number(), render: z.number() })
    .nullable(),
  exampleCount: z.int(),
  requestBytes: z.int(),
  responseBytes: z.int(),
  /** How its body was read; null where nothing was asked of a model. */
  codec: z.string().nullable(),
  /** Null for what is no text, or is no longer kept. */
  request: textSchema.nullable(),
  answer: textSchema.nullable(),
  /** Is its body one picture, and kept? */
  hasPicture: z.boolean(),
});
export type RequestDetail = z.infer<typeof requestDetailSchema>;

/** How often something was asked, and how long it took. Quantiles within 4 %. */
const requestSummarySchema = z.strictObject({
  /** In the last five minutes. */
  total: z.int(),
  failed: z.int(),
  /** Milliseconds, of those that were answered in the last sixty seconds; null without any. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

/** What was asked of one model or route. */
export const modelRequestsSchema = requestSummarySchema.extend({
  /** As the calls name it. */
  model: z.string(),
  /** The mean of the last ten seconds that are over. */
  requestsPerSecond: z.number(),
});
export type ModelRequests = z.infer<typeof modelRequestsSchema>;

/** Of what was asked of models: probes, status and other calls are not counted. */
export const requestFiguresSchema = requestSummarySchema.extend({
  /** Requests in each of the last sixty seconds, the oldest first; the last one is not over. */
  perSecond: z.array(z.int()),
  failedPerSecond: z.array(z.int()),
  /** Null where none was answered. */
  p95PerSecond: z.array(z.number().nullable()),
  /** Asked in the last five minutes, the most asked first; the first twenty. */
  models: z.array(modelRequestsSchema),
});
export type RequestFigures = z.infer<typeof requestFiguresSchema>;

export const noRequestFigures: RequestFigures = {
  total: 0,
  failed: 0,
  perSecond: [],
  failedPerSecond: [],
  p95PerSecond: [],
  p50Ms: null,
  p95Ms: null,
  models: [],
};

/** The last requests, newest last, or those that are new, with the figures of now. */
export const servedRequestsSchema = z.strictObject({
  requests: z.array(servedRequestSchema),
  figures: requestFiguresSchema,
});
export type ServedRequests = z.infer<typeof servedRequestsSchema>;

export const tokenScopeSchema = z.enum(['infer', 'read', 'admin']);
export const accessTokenSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(tokenScopeSchema),
  createdAtMs: z.number(),
});
export type AccessToken = z.infer<typeof accessTokenSchema>;

/** How a program asks one model: complete, and ready to be copied. */
export const requestExamplesSchema = z.strictObject({
  curl: z.string(),
  python: z.string(),
  typescript: z.string(),
});
export type RequestExamples = z.infer<typeof requestExamplesSchema>;

const numberedSchema = z.strictObject({ number: z.int() });

/** The calls about endpoints, for `callSpecs`. */
export const endpointCalls = {
  'endpoints.state': { input: z.void(), output: endpointsStateSchema },
  /** Keeps the settings and carries them out. Settles when it is on or off, or has a problem. */
  'endpoints.set': { input: endpointSettingsSchema.partial(), output: endpointsStateSchema },
  'endpoints.requests': { input: z.void(), output: servedRequestsSchema },
  /** Null for one that is no longer kept. */
  'endpoints.request': { input: numberedSchema, output: requestDetailSchema.nullable() },
  /** Makes its picture one that the page works with. */
  'endpoints.openPicture': { input: numberedSchema, output: pictureOfferSchema },
  'endpoints.tokens': { input: z.void(), output: z.array(accessTokenSchema) },
  /** `token` is shown this once, and nowhere kept. */
  'endpoints.createToken': {
    input: z.strictObject({ name: z.string().min(1).max(64), scopes: z.array(tokenScopeSchema).min(1) }),
    output: z.strictObject({ id: z.string(), token: z.string() }),
  },
  'endpoints.revokeToken': { input: z.strictObject({ id: z.string() }), output: z.void() },
  'endpoints.examples': {
    /** Without a version, of whichever answers. */
    input: z.strictObject({ model: modelNameSchema, version: versionNumberSchema.optional() }),
    output: requestExamplesSchema,
  },
} as const;

/** What the engine tells about endpoints by itself, for `feedSpecs`. */
export const endpointFeeds = {
  'endpoints.changed': endpointsStateSchema,
  /** What is new since the last time, a few times a second at most. */
  'endpoints.requested': servedRequestsSchema,
} as const;
