import { z } from 'zod';
import type { Media, Operation } from './operation';
import { operations } from './operations';
import { documentedSchemas, type SchemaName } from './schemas';

type Json = Readonly<Record<string, unknown>>;

const pictureTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/tiff'];
const binary = { type: 'string', format: 'binary' };

/** What each medium is, as `content` of the document. */
const mediaContent: Readonly<Record<Media, Json>> = {
  picture: Object.fromEntries(pictureTypes.map((type) => [type, { schema: binary }])),
  pictures: {
    'multipart/form-data': { schema: { type: 'object', additionalProperties: binary } },
  },
  archive: { 'application/zip': { schema: binary } },
  pictureLines: {
    'application/x-ndjson': {
      schema: {
        type: 'object',
        properties: { name: { type: 'string' }, b64: { type: 'string', contentEncoding: 'base64' } },
        required: ['b64'],
      },
    },
  },
  resultLines: { 'application/x-ndjson': { schema: { $ref: '#/components/schemas/BatchResult' } } },
  tensors: { 'application/octet-stream': { schema: binary } },
  text: { 'text/plain': { schema: { type: 'string' } } },
  nothing: {},
};

const parameterTexts: Readonly<Record<string, Json>> = {
  model: { description: 'Name of the model', schema: { type: 'string' } },
  version: { description: 'Number of the version', schema: { type: 'integer', minimum: 0 } },
  route: { description: 'Name of the route', schema: { type: 'string' } },
  label: { description: 'Label of the version', schema: { type: 'string' } },
  id: { description: 'Of the batch', schema: { type: 'string' } },
};

/** The Open Inference Protocol's version is a text, which may be a label. */
const versionOrLabel: Json = { description: 'Number or label of the version', schema: { type: 'string' } };

/** Failures that any call may meet: status and what they mean. */
const commonFailures: Readonly<Record<number, string>> = {
  401: 'No token, or an unknown one, where one is asked for',
  403: 'A token without the scope, or a web page of another site',
  413: 'The body is too large',
  415: 'The body is compressed in another way than gzip',
  429: 'A queue is full; Retry-After says when to try again',
  500: 'A fault of the server',
  503: 'Too much at once, or shutting down; Retry-After says when to try again',
  504: 'The model took too long',
};

/** The description of the HTTP server, in OpenAPI 3.1. `version` is ours. */
export function openApiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Slipway',
      version,
      description:
        'Models by version over HTTP: the REST API of TensorFlow Serving and the Open Inference Protocol on one port. The same is served over gRPC; its .proto files lie in main/endpoints/grpc, and the server reflects them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8501' }],
    paths: pathsOf(operations),
    components: {
      schemas: schemasJson(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Only where the server asks for tokens. Scopes: infer, read, admin.',
        },
      },
    },
  };
}

function pathsOf(all: readonly Operation[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of all) {
    const at = paths[operation.path] ?? {};
    at[operation.method] = operationJson(operation);
    paths[operation.path] = at;
  }
  return paths;
}

function operationJson(operation: Operation): Json {
  const {
    api,
    path,
    summary,
    tag,
    scope,
    request,
    otherRequests,
    answer,
    statuses,
    success = 200,
  } = operation;
  return {
    operationId: `${api}${path.includes('{version}') ? 'OfVersion' : path.includes('{label}') ? 'OfLabel' : ''}${path === '/v2/models/stats' ? 'OfAll' : ''}`,
    summary,
    tags: [tag],
    ...(scope === null ? {} : { security: [{}, { token: [scope] }] }),
    parameters: parametersOf(operation),
    ...(request === null
      ? {}
      : {
          requestBody: {
            content: {
              ...jsonContent(request),
              ...Object.assign({}, ...otherRequests.map((media) => mediaContent[media])),
            },
          },
        }),
    responses: {
      [success]: { description: success === 200 ? 'Done' : 'Begun', ...contentOf(answer) },
      ...failures({ ...(scope === null ? {} : commonFailures), ...statuses }, answer),
    },
  };
}

const parametersOf = ({ path, query }: Operation): readonly Json[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...(name === 'version' && path.startsWith('/v2') ? versionOrLabel : parameterTexts[name]),
  })),
  ...Object.entries(query).map(([name, { description, words }]) => ({
    name,
    in: 'query',
    description,
    schema: words ? textOf(words) : { type: 'integer', minimum: 1 },
  })),
];

const textOf = (words: readonly string[]): Json =>
  words.length > 0 ? { type: 'string', enum: words } : { type: 'string' };

/** A probe's refusal has the form of its answer; every other failure is an `Error`. */
function failures(texts: Readonly<Record<number, string>>, answer: Operation['answer']): Json {
  return Object.fromEntries(
    Object.entries(texts).map(([status, description]) => {
      const isProbe = status === '503' && ['Ready', 'ModelReady', 'text'].includes(answer);
      const error = status === '400' && answer === 'RouteSaved' ? 'RouteRefused' : 'Error';
      return [status, { description, ...(isProbe ? contentOf(answer) : { content: jsonContent(error) }) }];
    }),
  );
}

const isSchema = (answer: Operation['answer']): answer is SchemaName => answer in documentedSchemas;

function contentOf(answer: Operation['answer']): Json {
  if (answer === 'nothing') return {};
  return { content: isSchema(answer) ? jsonContent(answer) : mediaContent[answer] };
}

const jsonContent = (name: SchemaName): Json => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
});

function schemasJson(): Json {
  return Object.fromEntries(
    Object.entries(documentedSchemas).map(([name, schema]) => {
      const { $schema: _draft, ...json } = z.toJSONSchema(schema, { io: 'input' });
      return [name, json];
    }),
  );
}
