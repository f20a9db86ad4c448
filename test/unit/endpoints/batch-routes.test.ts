import { describe, expect, test } from 'vitest';
import { createTokenGate } from '../../../main/endpoints/auth/gate';
import { TokenStore } from '../../../main/endpoints/auth/token-store';
import { createBatchRoutes } from '../../../main/endpoints/batches/batch-routes';
import { FakeBatchPort } from '../../support/fake-batch-port';
import { aModel, FakeInferencePort } from '../../support/fake-inference-port';
import { type HttpWorldOptions, httpWorld } from '../../support/http-world';

const json = { 'content-type': 'application/json' };

async function world(options: HttpWorldOptions = {}) {
  const port = new FakeInferencePort([aModel('m', [2, 1], { labels: [{ label: 'stable', version: 1 }] })]);
  const batches = new FakeBatchPort();
  const more = [createBatchRoutes({ port, batches })];
  return { batches, ...(await httpWorld({ port, first: more, ...options })) };
}

describe('asking for a batch', () => {
  test('an upload is passed on unread, with what the query says', async () => {
    const { ask, batches } = await world();
    const answer = await ask('/v1/batches?model=m&versions=1,2&top=3', {
      headers: { 'content-type': 'application/zip' },
      body: 'a zip file',
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toBe('/v1/batches/b2');
    expect(answer.json()).toMatchObject({ id: 'b2', versions: [1, 2], progress: { done: 1, total: 2 } });
    expect(batches.created).toMatchObject([
      {
        owner: null,
        model: 'm',
        versions: [1, 2],
        top: 3,
        pictures: { kind: 'upload', contentType: 'application/zip' },
      },
    ]);
  });

  test('the newest version is asked, that of a label, or a folder of the server', async () => {
    const { ask, batches } = await world();
    await ask('/v1/batches?model=m', { headers: { 'content-type': 'image/png' }, body: 'x' });
    await ask('/v1/batches?model=m&label=stable', { headers: { 'content-type': 'image/png' }, body: 'x' });
    await ask('/v1/batches', {
      headers: json,
      body: JSON.stringify({ model: 'm', folder: 'in', versions: [1] }),
    });
    expect(batches.created.map(({ versions, top }) => [versions, top])).toEqual([
      [[2], 5],
      [[1], 5],
      [[1], 5],
    ]);
    expect(batches.created[2]?.pictures).toEqual({ kind: 'folder', path: 'in' });
  });

  test.each([
    ['/v1/batches', 404, 'x'],
    ['/v1/batches?model=none', 404, 'x'],
    ['/v1/batches?model=m&versions=9', 404, 'x'],
    ['/v1/batches?model=m&versions=a', 400, 'x'],
    ['/v1/batches?model=m&top=0', 400, 'x'],
    ['/v1/batches?model=m&label=other', 400, 'x'],
  ])('%s is refused with %i', async (path, status, body) => {
    const { ask, batches } = await world();
    const answer = await ask(path, { headers: { 'content-type': 'image/png' }, body });
    expect(answer.status).toBe(path === '/v1/batches' ? 400 : status);
    expect(answer.json()).toHaveProperty('error');
    expect(batches.created).toEqual([]);
  });
});

describe('a batch that is there', () => {
  test('is told, cancelled and deleted', async () => {
    const { ask } = await world();
    expect((await ask('/v1/batches/b1')).json()).toMatchObject({ id: 'b1', state: 'running' });
    expect((await ask('/v1/batches/b1:cancel', { method: 'POST' })).json()).toMatchObject({
      state: 'cancelled',
    });
    expect((await ask('/v1/batches')).json()).toMatchObject({ batches: [{ id: 'b1' }] });
    expect((await ask('/v1/batches/b1', { method: 'DELETE' })).status).toBe(200);
    expect((await ask('/v1/batches/b1')).status).toBe(404);
    expect((await ask('/v1/batches/b1/results')).status).toBe(404);
    expect((await ask('/v1/batches/b1/other')).status).toBe(400);
  });

  test('gives its results a line at a time, as many as there are', async () => {
    const { ask, batches, records } = await world();
    const line = batches.pictures[0];
    if (!line) throw new Error('There is a first one');
    batches.pictures = Array.from({ length: 20_000 }, (_, index) => ({ ...line, index }));
    const answer = await ask('/v1/batches/b1/results?follow=true');
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    const lines = answer.text.trim().split('\n');
    expect(lines).toHaveLength(20_000);
    expect(JSON.parse(lines[19_999] ?? '')).toEqual({ ...line, index: 19_999 });
    expect(records).toMatchObject([{ api: 'BatchResults', model: 'm', responseBytes: answer.body.length }]);
  });

  test('belongs to the token that it was asked for with', async () => {
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const one = await tokens.create('one', ['infer'], 0);
    const two = await tokens.create('two', ['infer'], 0);
    const reader = await tokens.create('reader', ['read'], 0);
    const { ask } = await world({ gate: createTokenGate(tokens) });
    const as = ({ token }: { readonly token: string }) => ({ authorization: `Bearer ${token}` });
    const created = await ask('/v1/batches?model=m', {
      headers: { ...as(one), 'content-type': 'image/png' },
      body: 'x',
    });
    const path = String(created.headers.location);
    expect((await ask(path, { headers: as(one) })).status).toBe(200);
    expect((await ask(path, { headers: as(two) })).status).toBe(404);
    expect((await ask(path, { headers: as(reader) })).status).toBe(403);
    expect((await ask(path)).status).toBe(401);
    expect((await ask(path, { method: 'DELETE', headers: as(two) })).status).toBe(404);
  });
});
