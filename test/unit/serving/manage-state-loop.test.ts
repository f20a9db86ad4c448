import { expect, test } from 'vitest';
import { AspiredVersionsManager } from '../../../main/serving/aspired-versions-manager';
import { BasicManager } from '../../../main/serving/basic-manager';
import { loaderFactory } from '../../../main/serving/loader';
import { latest } from '../../../main/serving/manager';
import { servableData } from '../../../main/serving/servable-data';
import { FakeClock, settle } from '../../support/fake-clock';
import { FakeLoader, isFakeServable } from '../../support/fake-loader';

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
