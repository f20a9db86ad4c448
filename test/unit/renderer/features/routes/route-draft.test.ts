import { describe, expect, test } from 'vitest';
import { routeDraftSchema } from '../../../../../app/contract/routes';
import { likeliestModel } from '../../../../../renderer/features/routes/likeliest-model';
import {
  armIdFor,
  freeId,
  isSameRoute,
  moved,
  newRouteOver,
  withArm,
  withChangedArm,
  withoutArm,
  withRule,
} from '../../../../../renderer/features/routes/route-draft';
import { aRoute } from '../../../../support/fake-routes';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

const versions = (...numbers: number[]) => numbers.map((number) => anAvailableVersion(number));
const route = aRoute(
  'shop',
  'clothes',
  { v1: 50, v2: 30, v3: 20 },
  {
    rules: [{ id: 'staff', name: 'Staff', when: [], split: [{ arm: 'v2', weight: 100 }] }],
    overflow: { arm: 'v2', whenWaiting: 8 },
    shadow: { arm: 'v3', percent: 10, isOn: true },
  },
);

describe('a new route over a model', () => {
  test('tries the newest version on a tenth, beside the one before, which steps in', () => {
    const draft = newRouteOver(aModel('clothes', { versions: versions(3, 2, 1) }), []);
    expect(draft.name).toBe('clothes-split');
    expect(draft.arms.map(({ id, version }) => [id, version])).toEqual([
      ['v2', 2],
      ['v3', 3],
    ]);
    expect(draft.split).toEqual([
      { arm: 'v2', weight: 90 },
      { arm: 'v3', weight: 10 },
    ]);
    expect(draft.fallback).toEqual(['v2', 'v3']);
    expect(routeDraftSchema.parse(draft)).toEqual(draft);
  });

  test('begins with versions that answer before those that do not', () => {
    const model = aModel('clothes', {
      versions: [aVersion(4), anAvailableVersion(3), aVersion(2), anAvailableVersion(1)],
    });
    expect(newRouteOver(model, []).arms.map(({ version }) => version)).toEqual([1, 3]);
  });

  test('of one version leads to it alone', () => {
    const draft = newRouteOver(aModel('clothes', { versions: versions(7) }), []);
    expect(draft.split).toEqual([{ arm: 'v7', weight: 100 }]);
  });

  test('has a name that nothing has yet', () => {
    const taken = ['clothes', 'clothes-split', 'clothes-split-2'];
    expect(newRouteOver(aModel('clothes'), taken).name).toBe('clothes-split-3');
  });

  test('is over the model with the most versions that answer, unless told', () => {
    const one = aModel('one', { versions: versions(1), lastUsedAtMs: 9 });
    const two = aModel('two', { versions: versions(2, 1) });
    const asleep = aModel('asleep', { versions: [aVersion(2), aVersion(1)] });
    expect(likeliestModel([one, asleep, two])?.name).toBe('two');
    expect(likeliestModel([one, asleep])?.name).toBe('one');
    expect(likeliestModel([])).toBeUndefined();
  });
});

describe('arms', () => {
  test('are called after their version, label or route, with what the name allows', () => {
    expect(armIdFor({ model: 'm', version: 3, label: null }, ['v3'])).toBe('v3-2');
    expect(armIdFor({ model: 'm', version: null, label: 'Canary Ä!' }, [])).toBe('canary');
    expect(armIdFor({ model: 'm', version: null, label: null }, [])).toBe('latest');
    expect(armIdFor({ model: 'Shop Split', version: null, label: null }, [], true)).toBe('shop-split');
    expect(armIdFor({ model: 'm', version: null, label: '日本' }, [])).toBe('arm');
    const long = armIdFor({ model: 'm'.repeat(90), version: null, label: null }, ['m'.repeat(28)], true);
    expect(long).toBe(`${'m'.repeat(28)}-2`);
    expect(freeId('a', ['a', 'a-2'])).toBe('a-3');
  });

  test('that are renamed are renamed wherever they stand', () => {
    const next = withChangedArm(route, 'v2', { id: 'canary' });
    expect(JSON.stringify(next)).not.toContain('"v2"');
    expect(next.overflow?.arm).toBe('canary');
    expect(next.fallback).toEqual(['v1', 'canary', 'v3']);
    expect(next.split.map(({ weight }) => weight)).toEqual([50, 30, 20]);
  });

  test('that are taken out leave nothing behind, and their share to the others', () => {
    const next = withoutArm(withoutArm(route, 'v2'), 'v3');
    expect(next.arms.map(({ id }) => id)).toEqual(['v1']);
    expect(next.split).toEqual([{ arm: 'v1', weight: 100 }]);
    expect(next.rules[0]?.split).toEqual([]);
    expect(next.fallback).toEqual(['v1']);
    expect([next.overflow, next.shadow]).toEqual([null, null]);
  });

  test('that are added run', () => {
    const next = withArm(route, { model: 'clothes', version: 4, label: null }, 'v4');
    expect(next.arms.at(-1)).toEqual({
      id: 'v4',
      model: 'clothes',
      version: 4,
      label: null,
      isStopped: false,
    });
  });
});

test('a new audience goes whole to the arm with the smallest share, with an id of its own', () => {
  const next = withRule(withRule(route, 'One'), 'Two');
  expect(next.rules.map(({ id }) => id)).toEqual(['staff', 'audience', 'audience-2']);
  expect(next.rules.at(-1)?.split).toEqual([{ arm: 'v3', weight: 100 }]);
});

test('what is moved changes places with its neighbour, and stays at the ends', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
});

test('two routes are the same whatever the order of their members, and differ by a single weight', () => {
  const { name, ...rest } = route;
  expect(isSameRoute({ ...rest, name }, route)).toBe(true);
  expect(isSameRoute({ ...route, split: [{ arm: 'v1', weight: 100 }] }, route)).toBe(false);
});
