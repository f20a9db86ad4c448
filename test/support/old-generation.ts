import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectAll: () => void = runInNewContext('gc');

const oldBytes = (): number =>
  getHeapSpaceStatistics().reduce(
    (sum, { space_name, space_used_size }) => (/^new_/.test(space_name) ? sum : sum + space_used_size),
    0,
  );

/**
 * Bytes by which V8's old generation grows while `work` runs, to be no more than it keeps. What is there before is old by then; `work` must
 * make several times the 16 MB of young garbage that are collected at a time, and not wait.
 */
export function oldBytesGrownBy(work: () => void): number {
  collectAll();
  const before = oldBytes();
  work();
  return oldBytes() - before;
}
