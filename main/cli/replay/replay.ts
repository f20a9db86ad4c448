import { compareAnswers } from './compare-answers';
import { type LogEntry, readLog } from './read-log';
import type { Ask } from './target';

export interface ReplayResult {
  readonly requests: number;
  readonly answered: number;
  /** Refused now, though it was answered then. */
  readonly refused: number;
  /** Refused then and now. */
  readonly refusedAgain: number;
  readonly skipped: number;
  readonly unreadable: number;
  /** Of those that were answered then and now. */
  readonly same: number;
  readonly different: number;
  readonly pictures: number;
  readonly sameTop: number;
  readonly medianMs: { readonly before: number; readonly now: number };
  readonly p99Ms: { readonly before: number; readonly now: number };
}

/** Asks everything in the log again, so many at once. Throws `UsageError` for a log that is not there. */
export async function replay(
  log: string,
  ask: Ask,
  {
    limit = Number.POSITIVE_INFINITY,
    concurrency,
  }: { readonly limit?: number; readonly concurrency: number },
  signal: AbortSignal,
): Promise<ReplayResult> {
  const count = {
    requests: 0,
    answered: 0,
    refused: 0,
    refusedAgain: 0,
    skipped: 0,
    unreadable: 0,
    same: 0,
    different: 0,
    pictures: 0,
    sameTop: 0,
  };
  const before: number[] = [];
  const now: number[] = [];
  const entries = readLog(log);

  async function one(request: NonNullable<LogEntry>): Promise<void> {
    const outcome = await ask(request, signal);
    count[outcome.kind === 'refused' && request.response === null ? 'refusedAgain' : outcome.kind]++;
    if (outcome.kind === 'skipped') return;
    before.push(request.durationMs);
    now.push(outcome.ms);
    if (outcome.kind !== 'answered' || !request.response) return;
    const { isSame, isSameTop } = compareAnswers(request, request.response, outcome.bytes);
    count[isSame ? 'same' : 'different']++;
    if (isSameTop === null) return;
    count.pictures++;
    if (isSameTop) count.sameTop++;
  }

  async function worker(): Promise<void> {
    while (count.requests < limit && !signal.aborted) {
      const { value: entry, done } = await entries.next();
      if (done || count.requests >= limit) return;
      if (entry === null) {
        count.unreadable++;
        continue;
      }
      count.requests++;
      await one(entry);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  await entries.return(undefined);
  return {
    ...count,
    medianMs: { before: quantile(before, 0.5), now: quantile(now, 0.5) },
    p99Ms: { before: quantile(before, 0.99), now: quantile(now, 0.99) },
  };
}

/** 0 of nothing. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return Math.round(value * 1_000) / 1_000;
}
