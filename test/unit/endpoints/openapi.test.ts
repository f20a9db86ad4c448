import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { errorSchema } from '../../../main/client/answers';
import { openApiDocument } from '../../../main/endpoints/openapi/document';
import type { Operation } from '../../../main/endpoints/openapi/operation';
import { operations } from '../../../main/endpoints/openapi/operations';
import { documentedSchemas, type SchemaName } from '../../../main/endpoints/openapi/schemas';
import type { RequestRecord } from '../../../main/endpoints/request-record';
import { version } from '../../../package.json';
import { FakeBatchPort } from '../../support/fake-batch-port';
import { aModel, FakeInferencePort, portVersion } from '../../support/fake-inference-port';
import { aServedRoute, knownRequest } from '../../support/fake-routes-port';
import type { HttpAsk } from '../../support/http-client';
import { localEndpoints } from '../../support/local-endpoints';

const json = { 'content-type': 'application/json' };
/** A request that the fake model understands, by the schema that the document names. */
const bodies = (model: string): Partial<Record<SchemaName, unknown>> => ({
  PredictRequest: { instances: [1, 2] },
  LookupRequest: { keys: ['cat', 'cow'] },
  NearestRequest: { to: 'cat', count: 3 },
  Examples: { examples: [{ x: 1 }, { x: 2 }] },
  InferRequest: { inputs: [{ name: 'x', shape: [2], datatype: 'FP32', data: [1, 2] }] },
  RepositoryIndexRequest: {},
  RepositoryRequest: {},
  ModelRequest: { basePath: '/models/m', labels: { stable: 1 } },
  RouteRequest: aServedRoute(),
  ArmRequest: { arm: 'v1' },
  DryRunRequest: { route: aServedRoute(), requests: [{ requestId: 'a' }] },
  FeedbackRequest: { requestId: knownRequest, outcome: 'right' },
  BatchFolder: { model, folder: 'pictures' },
});

async function started(
  port = new FakeInferencePort([aModel('m', [2, 1], { labels: [{ label: 'stable', version: 1 }] })]),
) {
  const records: RequestRecord[] = [];
  const endpoints = await localEndpoints(port, {
    batches: new FakeBatchPort(),
    grpc: null,
    observe: (record) => records.push(record),
  });
  onTestFinished(() => endpoints.close());
  return { records, send: endpoints.ask };
}

const pathOf = ({ path }: Operation, model = 'm', route = 'shop'): string =>
  path
    .replace('{model}', model)
    .replace('{version}', '1')
    .replace('{label}', 'stable')
    .replace('{route}', route)
    .replace('{id}', model === 'm' ? 'b1' : 'none');

const requestOf = (operation: Operation, model = 'm'): HttpAsk => {
  const { request } = operation;
  const method = operation.method.toUpperCase();
  if (method === 'GET') return {};
  return { method, headers: json, body: request === null ? '' : JSON.stringify(bodies(model)[request]) };
};

/** As documented, and nothing that is not: what a schema does not name, it leaves out of what it gives back. */
function check(answer: Operation['answer'], text: string): void {
  if (answer in documentedSchemas) {
    const value: unknown = JSON.parse(text);
    expect(z.parse(documentedSchemas[answer as SchemaName], value)).toEqual(value);
  } else if (answer === 'resultLines') {
    for (const line of text.trim().split('\n')) check('BatchResult', line);
  } else if (answer === 'nothing') expect(text).toBe('');
  else expect(text).not.toBe('');
}

const types: Readonly<Record<string, string>> = { text: 'text/plain', resultLines: 'application/x-ndjson' };

describe('the OpenAPI document', () => {
  test('is the one that is kept in docs (npm run openapi writes it)', () => {
    const kept = readFileSync(resolve(import.meta.dirname, '../../../docs/openapi.json'), 'utf8');
    expect(JSON.parse(kept)).toEqual(JSON.parse(JSON.stringify(openApiDocument(version))));
  });

  test('names every operation once, and refers to nothing that is not there', () => {
    const text = JSON.stringify(openApiDocument(version));
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(operations.length);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
      expect(Object.keys(documentedSchemas)).toContain(name);
  });

  test.each(operations.map((it) => [`${it.method.toUpperCase()} ${it.path}`, it] as const))(
    '%s answers as documented',
    async (_, operation) => {
      const { records, send } = await started();
      const { status, text, headers } = await send(pathOf(operation), requestOf(operation));
      expect([status, text]).toEqual([operation.success ?? 200, expect.any(String)]);
      check(operation.answer, text);
      const type = types[operation.answer] ?? 'application/json';
      if (text !== '') expect(headers['content-type']).toContain(type);
      expect(records.map(({ api, scope }) => ({ api, scope }))).toEqual([
        { api: operation.api, scope: operation.scope },
      ]);
    },
  );

  test.each(
    operations
      .filter(({ statuses }) => 404 in statuses)
      .map((it) => [`${it.method.toUpperCase()} ${it.path}`, it] as const),
  )('%s answers 404 with an error for a model or route that is not there', async (_, operation) => {
    const { send } = await started();
    const body = operation.request === 'DryRunRequest' ? { body: '{}' } : {};
    const { status, text } = await send(pathOf(operation, 'none', 'none'), {
      ...requestOf(operation, 'none'),
      ...body,
    });
    expect(status).toBe(404);
    z.parse(errorSchema, JSON.parse(text));
  });

  test.each(
    operations
      .filter(({ statuses }) => 400 in statuses)
      .map((it) => [`${it.method.toUpperCase()} ${it.path}`, it] as const),
  )('%s answers 400 with an error for a body that is no JSON', async (_, operation) => {
    const { send } = await started();
    const { status, text } = await send(pathOf(operation), { ...requestOf(operation), body: '{"x' });
    expect(status).toBe(400);
    z.parse(errorSchema, JSON.parse(text));
  });

  test.each(
    operations
      .filter(({ statuses }) => 503 in statuses)
      .map((it) => [`${it.method.toUpperCase()} ${it.path}`, it] as const),
  )('%s answers 503 in its own form while the model loads', async (_, operation) => {
    const versions = [portVersion(1, { state: 'LOADING' })];
    const loading = aModel('m', [], { outlook: 'onItsWay', versions });
    const { send } = await started(new FakeInferencePort([loading]));
    const { status, text } = await send(pathOf(operation));
    expect(status).toBe(503);
    check(operation.answer, text);
  });

  test('a picture, and a form of pictures, are classified as documented', async () => {
    const { send } = await started();
    const one = await send('/v1/models/m:classify?top=1', {
      headers: { 'content-type': 'image/png' },
      body: 'picture',
    });
    check('PicturesAnswer', one.text);
    const form = '--b\r\ncontent-disposition: form-data; name="a"; filename="a.png"\r\n\r\nx\r\n--b--\r\n';
    const several = await send('/v1/models/m:classify', {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: form,
    });
    check('PicturesAnswer', several.text);
  });
});
