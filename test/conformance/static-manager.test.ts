import { expect, test } from 'vitest';
import { latest, specific } from '../../main/serving/manager';
import { StaticManagerBuilder } from '../../main/serving/static-manager';
import { failureOf } from '../support/app-errors';
import { FakeClock } from '../support/fake-clock';

const A1 = { name: 'a', version: 1 };
const A2 = { name: 'a', version: 2 };
const isText = (servable: unknown): servable is string => typeof servable === 'string';

test('T061 [SM1]: a static manager serves what it was built with', async () => {
  const builder = new StaticManagerBuilder({ clock: new FakeClock() });
  builder.addServable(A1, 'one');
  builder.addServable(A2, 'two');
  const manager = await builder.build();
  expect(manager?.getServableHandle(latest('a'), isText).servable).toBe('two');
  expect(manager?.getServableHandle(specific('a', 1), isText).servable).toBe('one');
  expect((await failureOf(() => manager?.getServableHandle(latest('b'), isText))).status).toBe('NOT_FOUND');
});

test('T062 [SM2]: it refuses nothing, duplicates, and anything after it was built', async () => {
  const builder = new StaticManagerBuilder({ clock: new FakeClock() });
  expect((await failureOf(() => builder.addServable(A1, null))).status).toBe('INVALID_ARGUMENT');
  builder.addServable(A1, 'one');
  expect((await failureOf(() => builder.addServable(A1, 'again'))).status).toBe('INVALID_ARGUMENT');
  expect(await builder.build()).not.toBeNull();
  expect((await failureOf(() => builder.addServable(A2, 'late'))).status).toBe('FAILED_PRECONDITION');
  expect(await builder.build()).toBeNull();
});
