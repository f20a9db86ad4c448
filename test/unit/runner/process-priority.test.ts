import { readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { ProcessManners } from '../../../main/runner/process-priority';

const priorities = (): readonly number[] =>
  process.platform === 'linux'
    ? readdirSync('/proc/self/task').map((thread) => getPriority(Number(thread)))
    : [getPriority()];

test('a process that gives way is given its priority back, in all of its threads', () => {
  const before = getPriority();
  const takeTurnAgain = new ProcessManners().giveWayForNow();
  // the system may not allow it, in which case nothing happens
  expect([before, Math.max(before, constants.priority.PRIORITY_BELOW_NORMAL)]).toContain(getPriority());
  expect(new Set(priorities()).size).toBe(1);
  takeTurnAgain();
  expect(new Set(priorities())).toEqual(new Set([before]));
});
