import { expect, test } from 'vitest';
import { createModelsApi } from '../../../main/endpoints/models/models-api';
import { FakeInferencePort } from '../../support/fake-inference-port';
import type { HttpAsk } from '../../support/http-client';
import { httpWorld } from '../../support/http-world';

async function world() {
  const port = new FakeInferencePort();
  const { ask, records } = await httpWorld({ port, first: [createModelsApi(port)] });
  const put = (name: string, body: unknown, more: HttpAsk = {}) =>
    ask(`/v1/config/models/${name}`, { method: 'PUT', body: JSON.stringify(body), ...more });
  return { port, ask, put, records };
}

test('a model is added or changed by PUT and removed by DELETE, as an administrative call', async () => {
  const { port, ask, put, records } = await world();
  expect((await put('new%20one', { basePath: '/models/new' })).json()).toEqual({
    model: 'new one',
    change: 'added',
    settings: [],
  });
  expect((await put('m', { name: 'm', basePath: '/models/m' })).json()).toMatchObject({ change: 'changed' });
  expect((await ask('/v1/config/models/m', { method: 'DELETE' })).json()).toMatchObject({
    change: 'removed',
  });
  expect(port.commands).toEqual(['configure new one at /models/new', 'configure m at /models/m', 'remove m']);
  expect(records.map(({ api, scope, model, status }) => [api, scope, model, status])).toEqual([
    ['SaveModel', 'admin', 'new one', 'OK'],
    ['SaveModel', 'admin', 'm', 'OK'],
    ['RemoveModel', 'admin', 'm', 'OK'],
  ]);
});

test('what is not right is refused with its place, and nothing is asked of the engine', async () => {
  const { port, ask, put } = await world();
  const wrong: readonly (readonly [unknown, string])[] = [
    [{}, 'basePath'],
    [{ basePath: '/m', polcy: 'all' }, 'polcy'],
    [{ basePath: '/m', policy: { kind: 'latest', count: 0 } }, 'policy.count'],
    [{ basePath: '/m', name: 'other' }, 'The body names the model other, the URL m'],
  ];
  for (const [body, words] of wrong) {
    const { status, text } = await put('m', body);
    expect([status, text]).toEqual([400, expect.stringContaining(words)]);
  }
  expect((await put('m', {}, { body: '{' })).text).toContain('no JSON');
  expect((await put('%ff', { basePath: '/m' })).status).toBe(400);
  expect((await ask('/v1/config/models/none', { method: 'DELETE' })).status).toBe(404);
  expect(port.commands).toEqual([]);
});
