import { expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { earliest, latest, type ServableHandle, specific } from '../../main/serving/manager';
import { servableData, servableError } from '../../main/serving/servable-data';
import { SimpleLoader } from '../../main/serving/simple-loader';
import { failureOf } from '../support/app-errors';
import { settle } from '../support/fake-clock';
import { FakeLoader, type FakeServable, isFakeServable } from '../support/fake-loader';
import { ServingWorld } from '../support/serving-world';

const isNumber = (servable: unknown): servable is number => typeof servable === 'number';

async function withReady(...versions: number[]): Promise<ServingWorld> {
  const world = new ServingWorld();
  for (const version of versions) await load(world, 'm', version);
  return world;
}

async function load(world: ServingWorld, name: string, version: number, loader = new FakeLoader()) {
  const id = { name, version };
  world.basic.manageServable(servableData(id, loader));
  await world.basic.loadServable(id).catch(() => {});
  return loader;
}

test('T038 [HD1]: a handle is typed: the right kind gets it with its id, another kind is INVALID_ARGUMENT', async () => {
  const { manager } = await withReady(1);
  const handle = manager.getServableHandle(latest('m'), isFakeServable);
  expect(handle.id).toEqual({ name: 'm', version: 1 });
  expect(handle.servable.label).toBe('fake');
  expect((await failureOf(() => manager.getServableHandle(latest('m'), isNumber))).status).toBe(
    'INVALID_ARGUMENT',
  );
});

test('T039 [HD2]: a ready version without an object is INTERNAL, and nothing is held after a failure', async () => {
  const world = await withReady(1);
  await load(
    world,
    'm',
    2,
    new (class extends FakeLoader {
      override servable(): unknown {
        return undefined;
      }
    })(),
  );
  const error = await failureOf(() => world.manager.getServableHandle(latest('m'), isFakeServable));
  expect(error.status).toBe('INTERNAL');
  await failureOf(() => world.manager.getServableHandle(specific('m', 1), isNumber));
  expect(world.basic.managedOf('m').map(({ handles }) => handles)).toEqual([0, 0]);
});

test('T040 [HD3]: latest and earliest are the highest and lowest ready version; 0 is a real version', async () => {
  const { manager } = await withReady(1, 2);
  const versionOf = (request: Parameters<typeof manager.getServableHandle>[0]) =>
    manager.getServableHandle(request, isFakeServable).id.version;
  expect(versionOf(latest('m'))).toBe(2);
  expect(versionOf(earliest('m'))).toBe(1);
  expect(versionOf(specific('m', 1))).toBe(1);
  expect((await withReady(0)).handle('m').id.version).toBe(0);
});

test('T041 [HD4]: what is not there is NOT_FOUND and says what was asked for', async () => {
  const { manager } = await withReady(1);
  const unknown = await failureOf(() => manager.getServableHandle(latest('x'), isFakeServable));
  expect(unknown.status).toBe('NOT_FOUND');
  expect(unknown.message).toBe('Servable not found for request: Latest(x)');
  const version = await failureOf(() => manager.getServableHandle(specific('m', 9), isFakeServable));
  expect(version.status).toBe('NOT_FOUND');
  expect(version.message).toBe('Servable not found for request: Specific(m, 9)');
});

test('T042 [HD5]: only what is ready is listed', async () => {
  const world = await withReady(1, 2);
  await load(world, 'm', 3, new FakeLoader().failing(new AppError('RUNNER_CRASHED')));
  expect(world.available()).toEqual(['m:1', 'm:2']);
});

test('T043 [HD5]: handles on everything of one kind leave the others out', async () => {
  const { basic } = await withReady(1, 2);
  const id = { name: 'n', version: 1 };
  basic.manageServable(servableData(id, new SimpleLoader({ create: () => 42 })));
  await basic.loadServable(id);
  const handles = basic.getAvailableServableHandles(isFakeServable);
  expect(handles.map((handle) => handle.id)).toEqual([
    { name: 'm', version: 1 },
    { name: 'm', version: 2 },
  ]);
  expect(basic.getAvailableServableHandles(isNumber).map(({ servable }) => servable)).toEqual([42]);
});

test('T050 [HD6] [BM5]: an unload routes new requests away at once and waits for the handle', async () => {
  const world = await withReady(1, 2);
  const handle = world.handle('m', 2);
  const unloaded = world.basic.unloadServable({ name: 'm', version: 2 });
  expect(world.handle('m').id.version).toBe(1);
  await settle();
  expect(world.basic.find({ name: 'm', version: 2 })?.harness.state.kind).toBe('quiescing');
  handle.dispose();
  await unloaded;
  expect(world.basic.find({ name: 'm', version: 2 })?.harness.state.kind).toBe('disabled');
});

test('T051 [HD6]: unload runs after the release, and not inside the releasing call', async () => {
  const world = new ServingWorld();
  const loader = await load(world, 'm', 1);
  const first = world.handle('m');
  const second: ServableHandle<FakeServable> = world.handle('m');
  const unloaded = world.basic.unloadServable({ name: 'm', version: 1 });
  await settle();
  first.dispose();
  first.dispose();
  await settle();
  expect(loader.unloads).toBe(0);
  expect(second.servable.label).toBe('fake');
  second.dispose();
  expect(loader.unloads).toBe(0);
  await unloaded;
  expect(loader.unloads).toBe(1);
});

test('HD7 (T052 differs): a handle on one model delays neither the availability nor the unload of another', async () => {
  const world = await withReady(1);
  world.handle('m', 1);
  await load(world, 'n', 1);
  expect(world.events).toContain('n:1 available');
  await world.basic.unloadServable({ name: 'n', version: 1 });
  expect(world.events.at(-1)).toBe('n:1 end');
});

test('HD4: an errored item is not to be had', async () => {
  const { basic, manager } = new ServingWorld();
  basic.manageServable(servableError({ name: 'm', version: 1 }, new AppError('MODEL_FILE_MISSING')));
  expect((await failureOf(() => manager.getServableHandle(latest('m'), isFakeServable))).status).toBe(
    'NOT_FOUND',
  );
});
