import { expect, test } from 'vitest';
import {
  type AspiredServableStateSnapshot,
  type AspiredVersionPolicy,
  availabilityPreservingPolicy,
  resourcePreservingPolicy,
} from '../../main/serving/aspired-version-policy';
import type { HarnessStateKind } from '../../main/serving/harness-state';
import { ServingWorld } from '../support/serving-world';

const kinds: Readonly<Record<string, HarnessStateKind>> = {
  New: 'new',
  Loading: 'loading',
  Ready: 'ready',
  UnloadRequested: 'unloadRequested',
  Unloading: 'unloading',
  Disabled: 'disabled',
  Error: 'error',
};

/** Reads a row such as `1 Ready U; 2 New A`. */
function versionsOf(row: string): AspiredServableStateSnapshot[] {
  if (row === '') return [];
  return row.split('; ').map((entry) => {
    const [version, state, wish] = entry.split(' ');
    const kind = kinds[state ?? ''];
    if (!kind) throw new Error(`What is ${entry}?`);
    return { id: { name: 'm', version: Number(version) }, state: kind, isAspired: wish === 'A' };
  });
}

function decisionOf(policy: AspiredVersionPolicy, row: string): string {
  const action = policy(versionsOf(row));
  return action ? `${action.kind} ${action.id.version}` : '–';
}

// id, row of the decision table, versions, availability-preserving, resource-preserving
const rows: readonly (readonly [string, string, string, string, string])[] = [
  ['T110', 'D1', '1 Ready U; 2 New A', 'load 2', 'unload 1'],
  ['T111', 'D2', '1 Ready U; 2 Loading A', '–', 'unload 1'],
  ['T112', 'D3', '1 Ready U; 2 Error A', '–', 'unload 1'],
  ['T113', 'D4', '1 Ready U; 2 Ready A', 'unload 1', 'unload 1'],
  ['T114', 'D5', '1 Ready U; 2 Loading A; 3 Ready A', 'unload 1', 'unload 1'],
  ['T115', 'D6', '1 Ready U; 2 Error A; 3 Ready A', 'unload 1', 'unload 1'],
  ['T116', 'D7', '2 Ready U; 1 Ready U; 3 Error A; 4 Loading A', 'unload 1', 'unload 2'],
  ['T117', 'D8', '1 Unloading U; 2 Error U; 3 Ready A; 4 New A; 5 New A', 'load 5', '–'],
  ['T118', 'D9', '1 Unloading U; 2 Error U; 3 Ready U; 4 Ready A; 5 New A', 'unload 3', 'unload 3'],
  ['T119', 'D10', '1 Disabled U; 2 Ready U; 3 Error U', 'unload 2', 'unload 2'],
  ['T120', 'D11', '1 Ready A; 2 Error A; 3 Loading A; 4 Unloading U; 5 Disabled U', '–', '–'],
  ['T121', 'D12', '1 Unloading U; 2 Ready A; 3 Ready U; 4 New A; 5 Ready U', 'unload 3', 'unload 3'],
  ['T122', 'D13', '1 Ready A; 2 Loading A; 3 New A; 4 Disabled U; 5 New A', 'load 5', 'load 5'],
  ['T123', 'D14', '1 UnloadRequested U; 2 New A', 'load 2', '–'],
  ['T124', 'D15', '1 Error U; 2 New A', 'load 2', 'load 2'],
  ['T125', 'D16', '1 Error U; 2 UnloadRequested U; 3 New A', 'load 3', '–'],
  ['T126', 'D17', '1 Error U; 2 Disabled U; 3 New A', 'load 3', 'load 3'],
  ['T127', 'D18', '10 New U; 9 Unloading A; 1 New A; 5 New A; 3 New A', 'load 5', '–'],
  ['T128', 'D19', '1 New U; 2 New A', 'load 2', '–'],
  ['T129', 'D20', '', '–', '–'],
];

test.each(rows)(
  '%s [PO1] [PO2] [PO3] [PO4] [PO5]: row %s (%s)',
  (_id, _row, versions, availability, resource) => {
    expect(decisionOf(availabilityPreservingPolicy, versions)).toBe(availability);
    expect(decisionOf(resourcePreservingPolicy, versions)).toBe(resource);
  },
);

test('T130 [PO6]: a policy sees all versions of the stream, wanted or not, with their states', async () => {
  const seen: (readonly AspiredServableStateSnapshot[])[] = [];
  const world = new ServingWorld({
    aspired: {
      aspiredVersionPolicy: (versions) => {
        seen.push(versions);
        return availabilityPreservingPolicy(versions);
      },
    },
  });
  world.aspire('m', 1);
  await world.rest();
  world.aspire('m', 2, 3);
  world.aspire('n', 1);
  seen.length = 0;
  world.manager.manageState();
  expect(seen[0]).toEqual([
    { id: { name: 'm', version: 1 }, state: 'ready', isAspired: false },
    { id: { name: 'm', version: 2 }, state: 'new', isAspired: true },
    { id: { name: 'm', version: 3 }, state: 'new', isAspired: true },
  ]);
  await world.manager.close();
});
