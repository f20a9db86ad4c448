import { expect, test, vi } from 'vitest';
import { createEngineHost } from '../../../app/shell/engine-host';
import type { Engine, EngineOptions } from '../../../main/engine-api';

const options = {} as EngineOptions;
const fakeEngine = () => {
  const close = vi.fn(() => Promise.resolve());
  return { engine: { close } as unknown as Engine, close };
};

test('the engine is loaded when asked for, once, and callers that came earlier get it', async () => {
  const { engine } = fakeEngine();
  const load = vi.fn(() => Promise.resolve(engine));
  const host = createEngineHost(options, load);
  const early = host.ready;
  expect(load).not.toHaveBeenCalled();
  host.start();
  host.start();
  expect(await early).toBe(engine);
  expect(load).toHaveBeenCalledTimes(1);
});

test('closing before it ever started needs nothing; closing while it starts waits and closes it', async () => {
  const { engine, close } = fakeEngine();
  await createEngineHost(options, () => Promise.resolve(engine)).close();
  expect(close).not.toHaveBeenCalled();
  const host = createEngineHost(options, () => Promise.resolve(engine));
  host.start();
  await host.close();
  expect(close).toHaveBeenCalledTimes(1);
});

test('an engine that cannot start fails its callers, and still lets the app close', async () => {
  const host = createEngineHost(options, () => Promise.reject(new Error('no engine')));
  host.start();
  await expect(host.ready).rejects.toThrow('no engine');
  await expect(host.close()).resolves.toBeUndefined();
});
