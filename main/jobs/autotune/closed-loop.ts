import { quantileSorted } from 'simple-statistics';
import { AppError } from '../../../app/base/errors';
import type { Measurement } from '../../platforms/autotune/search';

export interface ClosedLoop {
  /** One request, answered. */
  readonly ask: () => Promise<unknown>;
  /** Callers that ask again as soon as they are answered. */
  readonly callers: number;
  readonly windowMs: number;
  /** Resolves when nobody else needs the machine; what it takes does not count. */
  readonly quiet: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly now?: () => number;
}

/** So many answers are waited for however long they take, but not for longer than this many windows. */
const leastAnswers = 20;
const mostWindows = 4;

/** Asks without a pause for a while, and measures. Throws what asking throws, and CANCELLED. */
export async function measureLoop({
  ask,
  callers,
  windowMs,
  quiet,
  signal,
  now = () => performance.now(),
}: ClosedLoop): Promise<Measurement> {
  const takenMs: number[] = [];
  const startedAt = now();
  let waitedMs = 0;
  const lengthMs = (): number => now() - startedAt - waitedMs / callers;
  const isOver = (): boolean =>
    signal.aborted ||
    lengthMs() >= mostWindows * windowMs ||
    (lengthMs() >= windowMs && takenMs.length >= leastAnswers);
  const call = async (): Promise<void> => {
    while (!isOver()) {
      const waitingAt = now();
      await quiet();
      const askedAt = now();
      waitedMs += askedAt - waitingAt;
      await ask();
      takenMs.push(now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  if (signal.aborted) throw new AppError('CANCELLED');
  const sorted = takenMs.sort((a, b) => a - b);
  return {
    requestsPerSecond: (sorted.length / Math.max(1, lengthMs())) * 1_000,
    p95Ms: sorted.length > 0 ? quantileSorted(sorted, 0.95) : Number.POSITIVE_INFINITY,
  };
}

const callerSteps = [1, 2, 4, 8, 16, 32];
/** Another step that gains less than this is the last one. */
const stepGain = 1.05;

/** The most requests a second that keep to the bound, with as many callers as that takes; with one caller where none does. */
export async function measureUnderBound(
  p95BoundMs: number,
  measure: (callers: number) => Promise<Measurement>,
): Promise<Measurement> {
  let best: Measurement | null = null;
  for (const callers of callerSteps) {
    const measured = await measure(callers);
    if (measured.p95Ms > p95BoundMs) return best ?? measured;
    const gained: boolean = !best || measured.requestsPerSecond > best.requestsPerSecond * stepGain;
    if (!best || measured.requestsPerSecond > best.requestsPerSecond) best = measured;
    if (!gained && callers > 2) break;
  }
  if (!best) throw new Error('There is a first step');
  return best;
}
