import { expect, test } from 'vitest';
import { AspiredVersionsManager } from '../../../main/serving/aspired-versions-manager';
import { BasicManager } from '../../../main/serving/basic-manager';
import { loaderFactory } from '../../../main/serving/loader';
import { ManageStateLoop } from '../../../main/serving/manage-state-loop';
import { latest } from '../../../main/serving/manager';
import { servableData } from '../../../main/serving/servable-data';
import { FakeClock, settle } from '../../support/fake-clock';
import { FakeLoader, isFakeServable } from '../../support/fake-loader';
import { ServingWorld } from '../../support/serving-world';
import { takeUnexpected } from '../../support/setup';

test('AVM17: a running manager loads what is aspired without time passing', async () => {
  const clock = new FakeClock();
  const basicManager = new BasicManager({ clock });
  const manager = new AspiredVersionsManager({
    basicManager,
    aspiredVersionPolicy: 'availabilityPreserving',
  });
  manager.run();
  const aspire = manager.aspiredVersionsCallback();
  const item = (version: number) =>
    servableData(
      { name: 'm', version },
      loaderFactory(() => new FakeLoader(String(version))),
    );
  aspire('m', [item(1)]);
  await settle();
  expect(manager.listAvailableServableIds()).toEqual([{ name: 'm', version: 1 }]);
  aspire('m', [item(2)]);
  await settle();
  expect(manager.getServableHandle(latest('m'), isFakeServable).servable.label).toBe('2');
  expect(manager.snapshots().map(({ id, state }) => [id.version, state])).toEqual([[2, 'ready']]);
});

test('PO6: a policy that throws is reported, and holds up neither other streams nor what comes after', async () => {
  const world = new ServingWorld({ aspired: { manageStateIntervalMs: 10_000 } });
  let isBroken = true;
  world.manager.setPolicy('m', (versions) => {
    if (isBroken) throw new Error('a bug in this policy');
    const next = versions.find(({ state }) => state === 'new');
    return next ? { kind: 'load', id: next.id, rule: 'PO2' } : null;
  });
  world.manager.run();
  world.aspire('m', 1);
  world.aspire('n', 1);
  await settle();
  expect(world.available()).toEqual(['n:1']);
  expect(takeUnexpected()).toEqual([new Error('a bug in this policy')]);
  world.aspire('n', 2);
  await settle();
  expect(world.available()).toEqual(['n:2']);
  isBroken = false;
  await world.clock.advance(10_000);
  expect(world.available().sort()).toEqual(['m:1', 'n:2']);
  await world.manager.close();
});

test('AVM17: a pass that throws is reported, and the next one comes all the same', async () => {
  const clock = new FakeClock();
  let passes = 0;
  const loop = new ManageStateLoop({
    clock,
    intervalMs: 10_000,
    pass: () => {
      passes++;
      if (passes === 1) throw new Error('once');
      return false;
    },
    onInterval: () => {},
  });
  loop.run();
  await settle();
  expect([passes, loop.isWoken]).toEqual([1, false]);
  expect(takeUnexpected()).toEqual([new Error('once')]);
  loop.wake();
  await settle();
  expect(passes).toBe(2);
  await clock.advance(10_000);
  expect(passes).toBe(3);
  loop.dispose();
});
