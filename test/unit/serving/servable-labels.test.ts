import { expect, test } from 'vitest';
import { formatServableRequest } from '../../../main/serving/manager';
import { ServableLabels } from '../../../main/serving/servable-labels';
import { failureOf } from '../../support/app-errors';
import { isFakeServable } from '../../support/fake-loader';
import { ServingWorld } from '../../support/serving-world';

async function setUp(...versions: number[]) {
  const world = new ServingWorld();
  world.aspire('m', ...versions);
  await world.rest();
  const labels = new ServableLabels(world.bus, (id) => world.manager.isAvailable(id));
  const resolved = (label: string): string => formatServableRequest(labels.resolve('m', label));
  return { world, labels, resolved };
}

test('LB1: a label whose target is available means it at once; several may mean one version', async () => {
  const { labels, resolved } = await setUp(1, 2);
  labels.set('m', { stable: 1, canary: 2, newest: 2 });
  expect(['stable', 'canary', 'newest'].map(resolved)).toEqual([
    'Specific(m, 1)',
    'Specific(m, 2)',
    'Specific(m, 2)',
  ]);
  expect(labels.snapshot('m').every(({ isPending }) => !isPending)).toBe(true);
});

test('LB2: a label that is to move goes on pointing where it did until its target is available, then moves in one step', async () => {
  const { world, labels, resolved } = await setUp(1);
  const changes: string[] = [];
  labels.set('m', { stable: 1 });
  labels.onDidApply((name) => changes.push(name));
  labels.set('m', { stable: 2 });
  expect(resolved('stable')).toBe('Specific(m, 1)');
  expect(labels.snapshot('m')).toEqual([{ label: 'stable', version: 2, appliedVersion: 1, isPending: true }]);
  world.aspire('m', 1, 2);
  await world.rest();
  expect(resolved('stable')).toBe('Specific(m, 2)');
  expect(labels.snapshot('m')).toEqual([
    { label: 'stable', version: 2, appliedVersion: 2, isPending: false },
  ]);
  expect(changes).toEqual(['m']);
});

test('LB3: an unknown label, or a model without labels, is INVALID_ARGUMENT', async () => {
  const { labels } = await setUp(1);
  labels.set('m', { stable: 1 });
  const error = await failureOf(() => labels.resolve('m', 'canary'));
  expect(error).toMatchObject({ code: 'LABEL_UNKNOWN', status: 'INVALID_ARGUMENT' });
  expect(error.message).toBe('Unrecognized servable version label: canary');
  expect((await failureOf(() => labels.resolve('x', 'stable'))).code).toBe('LABEL_UNKNOWN');
});

test('LB4: setting replaces all labels of the model and none of another', async () => {
  const { labels, resolved } = await setUp(1, 2);
  labels.set('m', { stable: 1, canary: 2 });
  labels.set('n', { stable: 7 });
  labels.set('m', { stable: 2 });
  expect(resolved('stable')).toBe('Specific(m, 2)');
  expect((await failureOf(() => resolved('canary'))).code).toBe('LABEL_UNKNOWN');
  expect(formatServableRequest(labels.resolve('n', 'stable'))).toBe('Specific(n, 7)');
  labels.set('m', {});
  expect(labels.snapshot('m')).toEqual([]);
});

test('LB5: a label outlives its target: asking for it says that the version is not there', async () => {
  const { world, labels, resolved } = await setUp(1);
  labels.set('m', { stable: 1, next: 5 });
  world.aspire('m');
  await world.rest();
  expect(resolved('stable')).toBe('Specific(m, 1)');
  expect(resolved('next'), 'never applied yet').toBe('Specific(m, 5)');
  const request = labels.resolve('m', 'stable');
  const error = await failureOf(() => world.manager.getServableHandle(request, isFakeServable));
  expect(error.status).toBe('NOT_FOUND');
});
