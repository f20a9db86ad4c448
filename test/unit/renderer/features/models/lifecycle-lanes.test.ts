import { describe, expect, test } from 'vitest';
import type { Model, ModelEvent } from '../../../../../app/contract/models';
import {
  gapsOf,
  handoversOf,
  lanesOf,
  memorySteps,
  nothingSince,
  within,
} from '../../../../../renderer/features/models/lifecycle-lanes';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

let id = 0;
const anEvent = (atMs: number, version: number, kind: ModelEvent['kind']): ModelEvent => ({
  id: ++id,
  atMs,
  model: 'digits',
  version,
  kind,
  cause: 'policy',
  params: {},
  error: null,
});

/** Version 2 takes over from version 1: by 3 s of overlap, or with a gap of 2 s. */
const overlap = [
  anEvent(0, 1, 'available'),
  anEvent(10, 2, 'loading'),
  anEvent(14, 2, 'available'),
  anEvent(17, 1, 'unloading'),
  anEvent(19, 1, 'unloaded'),
];
const gap = [
  anEvent(0, 1, 'available'),
  anEvent(10, 1, 'unloading'),
  anEvent(11, 1, 'unloaded'),
  anEvent(11, 2, 'loading'),
  anEvent(12, 2, 'available'),
];
const model: Model = aModel('digits', {
  versions: [
    anAvailableVersion(2, { sinceMs: 12, residentBytes: 20 }),
    aVersion(1, { lifecycle: 'unloaded', sinceMs: 19, estimatedBytes: 10 }),
  ],
});

describe('lifecycle lanes', () => {
  test('a lane is the states of a version one after the other, newest version first', () => {
    expect(lanesOf(model, overlap)).toEqual([
      {
        version: 2,
        segments: [
          { state: 'loading', startMs: 10, endMs: 14 },
          { state: 'available', startMs: 14, endMs: null },
        ],
        isGone: false,
      },
      {
        version: 1,
        segments: [
          { state: 'available', startMs: 0, endMs: 17 },
          { state: 'unloading', startMs: 17, endMs: 19 },
          { state: 'unloaded', startMs: 19, endMs: null },
        ],
        isGone: false,
      },
    ]);
  });

  test('events of other models do not count, nor do events that are no state', () => {
    const other = { ...anEvent(15, 2, 'failed'), model: 'flowers' };
    const lanes = lanesOf(model, [...overlap, other, anEvent(16, 2, 'loadRequested')]);
    expect(lanes[0]?.segments).toHaveLength(2);
  });

  test('where the log was cut, the present state stands from when it began', () => {
    expect(lanesOf(model, [])[0]?.segments).toEqual([{ state: 'available', startMs: 12, endMs: null }]);
  });

  test('a second try is loading again', () => {
    const failing = aModel('digits', { versions: [aVersion(2, { lifecycle: 'loading', sinceMs: 30 })] });
    const lanes = lanesOf(failing, [
      anEvent(10, 2, 'loading'),
      anEvent(12, 2, 'failed'),
      anEvent(30, 2, 'retrying'),
    ]);
    expect(lanes[0]?.segments.map(({ state }) => state)).toEqual(['loading', 'failed', 'loading']);
  });

  test('a window cuts what reaches over its edges', () => {
    const [lane] = lanesOf(model, overlap);
    expect(lane && within(lane, 12, 20)).toEqual([
      { state: 'loading', startMs: 12, endMs: 14 },
      { state: 'available', startMs: 14, endMs: 20 },
    ]);
  });

  test('keeping on serving shows as a moment in which both are available', () => {
    const lanes = lanesOf(model, overlap);
    expect(handoversOf(lanes, 100)).toEqual([{ from: 1, to: 2, startMs: 14, endMs: 17 }]);
    expect(gapsOf(lanes, 100)).toEqual([]);
  });

  test('saving memory shows as a gap', () => {
    const lanes = lanesOf(model, gap);
    expect(handoversOf(lanes, 100)).toEqual([]);
    expect(gapsOf(lanes, 100)).toEqual([{ startMs: 10, endMs: 12 }]);
  });

  test('a version that was deleted still counts for what was available', () => {
    const left = aModel('digits', { versions: [anAvailableVersion(1, { sinceMs: 20 })] });
    const lanes = lanesOf(left, [
      anEvent(0, 2, 'available'),
      anEvent(20, 1, 'available'),
      anEvent(25, 2, 'unloading'),
      anEvent(26, 2, 'unloaded'),
      anEvent(26, 2, 'gone'),
    ]);
    expect(lanes.map(({ version, isGone }) => [version, isGone])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(lanes[0]?.segments.at(-1)).toEqual({ state: 'unloaded', startMs: 26, endMs: 26 });
    expect(gapsOf(lanes, 100)).toEqual([]);
    expect(handoversOf(lanes, 100)).toEqual([{ from: 2, to: 1, startMs: 20, endMs: 25 }]);
    expect(nothingSince(lanes, 100)).toBeNull();
  });

  test('when the last version has left, it is said since when', () => {
    const none = aModel('digits', { versions: [aVersion(1, { lifecycle: 'unloaded', sinceMs: 11 })] });
    expect(nothingSince(lanesOf(none, gap.slice(0, 3)), 100)).toBe(10);
    expect(nothingSince(lanesOf(none, []), 100)).toBeNull();
  });

  test('two versions that stay loaded are no handover', () => {
    const both = aModel('digits', {
      versions: [anAvailableVersion(2, { sinceMs: 5 }), anAvailableVersion(1, { sinceMs: 0 })],
    });
    expect(handoversOf(lanesOf(both, []), 100)).toEqual([]);
  });

  test('memory is the sum of what loads, serves and leaves', () => {
    const lanes = lanesOf(model, overlap);
    expect(memorySteps(lanes, (version) => version * 10, 0, 30)).toEqual([
      { atMs: 0, bytes: 10 },
      { atMs: 10, bytes: 30 },
      { atMs: 14, bytes: 30 },
      { atMs: 17, bytes: 30 },
      { atMs: 19, bytes: 20 },
    ]);
  });
});
