import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseVersion, versionsAmong } from '../../../main/sources/version-folders';
import {
  aspiredVersions,
  missingVersions,
  noOverrides,
  versionsByPolicy,
} from '../../../main/sources/version-policy';

describe('names of version folders', () => {
  test.each([
    ['0', 0],
    ['7', 7],
    ['00017', 17],
    ['20170111173521', 20170111173521],
    ['999999999999999', 999999999999999],
  ])('%s is a version', (name, version) => expect(parseVersion(name)).toBe(version));

  test.each([
    '',
    'v3',
    '1e3',
    '-1',
    '+1',
    ' 1',
    '1 ',
    '1.0',
    '2.denied',
    '0x10',
    '1000000000000000',
    '١',
    'tmp',
    '.1',
  ])('%j is none', (name) => expect(parseVersion(name)).toBeNull());

  test('of two names for one number the lexicographically last is taken', () => {
    expect([...versionsAmong(['1', '001', '01'])]).toEqual([[1, '1']]);
    expect([...versionsAmong(['01', '001'])]).toEqual([[1, '01']]);
  });

  test('listings that name descendants are cut to the first part', () => {
    expect([...versionsAmong(['7/model.onnx', '7/vars/x', 'readme/1'])]).toEqual([[7, '7']]);
  });
});

describe('version policy', () => {
  const present = [17, 42, 21, 33, 30];

  test('latest takes the highest numbers, newest first, and fewer when there are fewer', () => {
    expect(versionsByPolicy(present, { kind: 'latest', count: 3 })).toEqual([42, 33, 30]);
    expect(versionsByPolicy([5], { kind: 'latest', count: 3 })).toEqual([5]);
  });

  test('a latest count of zero means one', () => {
    expect(versionsByPolicy(present, { kind: 'latest', count: 0 })).toEqual([42]);
  });

  test('specific takes what is there and names what is missing', () => {
    const policy = { kind: 'specific', versions: [17, 99, 42] } as const;
    expect(versionsByPolicy(present, { ...policy, versions: [...policy.versions] })).toEqual([42, 17]);
    expect(missingVersions(present, { kind: 'specific', versions: [17, 99, 42] })).toEqual([99]);
    expect(missingVersions(present, { kind: 'all' })).toEqual([]);
  });

  test('a hand-set load adds a version that exists, a hand-set unload takes one away', () => {
    const policy = { kind: 'latest', count: 1 } as const;
    expect(aspiredVersions([1, 2, 3], policy, new Map([[1, 'load']]))).toEqual([3, 1]);
    expect(aspiredVersions([1, 2, 3], policy, new Map([[9, 'load']]))).toEqual([3]);
    // the next lower one is not pulled in: the person took a version away, they did not ask for another
    expect(aspiredVersions([1, 2, 3], policy, new Map([[3, 'unload']]))).toEqual([]);
  });

  test('whatever the policy and the overrides, only what is there is aspired, once, newest first', () => {
    const versions = fc.uniqueArray(fc.nat({ max: 30 }));
    const policies = fc.oneof(
      fc.record({ kind: fc.constant('latest' as const), count: fc.nat({ max: 5 }) }),
      fc.record({ kind: fc.constant('all' as const) }),
      fc.record({ kind: fc.constant('specific' as const), versions }),
    );
    const overrides = fc
      .array(fc.tuple(fc.nat({ max: 30 }), fc.constantFrom('load' as const, 'unload' as const)))
      .map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(versions, policies, overrides, (there, policy, set) => {
        const aspired = aspiredVersions(there, policy, set);
        expect(aspired.every((version) => there.includes(version))).toBe(true);
        expect(aspired).toEqual([...new Set(aspired)].sort((a, b) => b - a));
        for (const [version, wish] of set)
          if (there.includes(version)) expect(aspired.includes(version)).toBe(wish === 'load');
        const byPolicy = versionsByPolicy(there, policy).filter((version) => !set.has(version));
        expect(aspired.filter((version) => !set.has(version))).toEqual(byPolicy);
        expect(aspiredVersions(there, policy, noOverrides)).toEqual(versionsByPolicy(there, policy));
      }),
    );
  });
});
