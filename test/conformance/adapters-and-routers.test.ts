import { expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { type ServableData, servableData, servableError } from '../../main/serving/servable-data';
import type { AspiredVersionsCallback } from '../../main/serving/source';
import {
  ErrorInjectingSourceAdapter,
  PrefixStoragePathSourceAdapter,
  UnarySourceAdapter,
} from '../../main/serving/source-adapter';
import {
  DynamicSourceRouter,
  noRoute,
  SourceRouter,
  staticSourceRouter,
} from '../../main/serving/source-router';
import { failureOf } from '../support/app-errors';
import { takeUnexpected } from '../support/setup';

const A = { name: 'm', version: 1 };
const B = { name: 'm', version: 2 };

/** Remembers what arrives, as `[name, versions]`. */
function listener<T>(): {
  calls: [string, readonly ServableData<T>[]][];
  callback: AspiredVersionsCallback<T>;
} {
  const calls: [string, readonly ServableData<T>[]][] = [];
  return { calls, callback: (name, versions) => calls.push([name, versions]) };
}

const plusOne = (): UnarySourceAdapter<number, number> => new UnarySourceAdapter((x) => x + 1);

test('T003 [SA1]: a unary adapter converts each item and keeps id and stream', () => {
  const adapter = plusOne();
  const target = listener<number>();
  adapter.setAspiredVersionsCallback(target.callback);
  adapter.aspiredVersionsCallback()('m', [servableData(A, 1)]);
  expect(target.calls).toEqual([['m', [servableData(A, 2)]]]);
});

test('T004 [SA2]: a conversion that fails makes that item an errored one and spares its siblings', () => {
  const error = new AppError('MODEL_FILE_MISSING');
  const adapter = new UnarySourceAdapter<number, number>((x) => {
    if (x === 2) throw error;
    return x + 1;
  });
  const target = listener<number>();
  adapter.setAspiredVersionsCallback(target.callback);
  adapter.aspiredVersionsCallback()('m', [servableData(A, 1), servableData(B, 2)]);
  expect(target.calls).toEqual([['m', [servableData(A, 2), servableError(B, error)]]]);
});

test('T005 [SA3]: an errored item passes with its own error, unconverted', () => {
  const converted: number[] = [];
  const adapter = new UnarySourceAdapter<number, number>((x) => {
    converted.push(x);
    return x;
  });
  const target = listener<number>();
  adapter.setAspiredVersionsCallback(target.callback);
  const item = servableError<number>(A, new AppError('MODEL_FILE_EMPTY'));
  adapter.aspiredVersionsCallback()('m', [item]);
  expect(target.calls).toEqual([['m', [item]]]);
  expect(converted).toEqual([]);
});

test('T006 [SA4]: a list that arrives before the target is connected is held back until then', () => {
  const adapter = plusOne();
  const target = listener<number>();
  adapter.aspiredVersionsCallback()('m', [servableData(A, 1)]);
  expect(target.calls).toEqual([]);
  adapter.setAspiredVersionsCallback(target.callback);
  expect(target.calls).toEqual([['m', [servableData(A, 2)]]]);
});

test('T007 [SA5]: the error-injecting adapter fails good items and keeps the error of errored ones', () => {
  const injected = new AppError('MODEL_NOT_A_CLASSIFIER');
  const own = new AppError('MODEL_FILE_EMPTY');
  const adapter = new ErrorInjectingSourceAdapter<number, string>(injected);
  const target = listener<string>();
  adapter.setAspiredVersionsCallback(target.callback);
  adapter.aspiredVersionsCallback()('m', [servableData(A, 1), servableError(B, own)]);
  expect(target.calls).toEqual([['m', [servableError(A, injected), servableError(B, own)]]]);
  expect(adapter.adaptOneVersion(servableData(A, 1))).toEqual(servableError(A, injected));
});

test('T008 [SA6]: the prefix adapter puts a folder in front of each path', () => {
  const adapter = new PrefixStoragePathSourceAdapter('/base');
  expect(adapter.adaptOneVersion(servableData(A, 'm/1'))).toEqual(servableData(A, '/base/m/1'));
});

test('T009 [SA7]: calls after the target was detached do nothing', () => {
  const adapter = plusOne();
  const target = listener<number>();
  adapter.setAspiredVersionsCallback(target.callback);
  const callback = adapter.aspiredVersionsCallback();
  adapter.detach();
  callback('m', [servableData(A, 1)]);
  expect(target.calls).toEqual([]);
});

test('T010 [RO1]: a router calls one port, nobody without a route, and nobody for a port that does not exist', () => {
  const sent = (route: number): number[] => {
    const router = new SourceRouter<number>(2, () => route);
    const ports: number[] = [];
    router.ports.forEach((port, index) => {
      port.setAspiredVersionsCallback(() => ports.push(index));
    });
    router.aspiredVersionsCallback()('m', [servableData(A, 1)]);
    return ports;
  };
  expect(sent(1)).toEqual([1]);
  expect(sent(noRoute)).toEqual([]);
  expect(takeUnexpected()).toEqual([]);
  expect(sent(2)).toEqual([]);
  expect(takeUnexpected()).toHaveLength(1);
});

test('T011 [RO2]: a router holds lists back until every port is connected', () => {
  const router = new SourceRouter<number>(2, () => 0);
  const target = listener<number>();
  router.ports[0]?.setAspiredVersionsCallback(target.callback);
  router.aspiredVersionsCallback()('m', [servableData(A, 1)]);
  expect(target.calls).toEqual([]);
  router.ports[1]?.setAspiredVersionsCallback(() => {});
  expect(target.calls).toEqual([['m', [servableData(A, 1)]]]);
});

function portsOf(router: SourceRouter<number>, ...names: string[]): number[] {
  const ports: number[] = [];
  router.ports.forEach((port, index) => {
    port.setAspiredVersionsCallback(() => ports.push(index));
  });
  for (const name of names) router.aspiredVersionsCallback()(name, []);
  return ports;
}

test('T012 [RO3]: the static router goes by substring of the name, else to its last port', () => {
  expect(portsOf(staticSourceRouter(['foo']), 'xfoox', 'bar')).toEqual([0, 1]);
});

test('T013 [RO4]: the dynamic router goes by its map, else to its last port', () => {
  const router = new DynamicSourceRouter<number>(
    3,
    new Map([
      ['a', 0],
      ['b', 1],
    ]),
  );
  expect(portsOf(router, 'a', 'b', 'c')).toEqual([0, 1, 2]);
});

test.each([2, -1, 3])('T014 [RO5]: a dynamic router refuses a route to port %i of 3', async (port) => {
  const { status } = await failureOf(() => new DynamicSourceRouter<number>(3, new Map([['a', port]])));
  expect(status).toBe('INVALID_ARGUMENT');
});

test('T015 [RO6]: refused routes leave the old ones; good ones replace them all', async () => {
  const router = new DynamicSourceRouter<number>(3, new Map([['a', 0]]));
  expect((await failureOf(() => router.updateRoutes(new Map([['a', 2]])))).status).toBe('INVALID_ARGUMENT');
  expect(portsOf(router, 'a')).toEqual([0]);
  router.updateRoutes(new Map([['a', 1]]));
  expect(portsOf(router, 'a')).toEqual([1]);
});
