import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';

/**
 * When a failed attempt is made again. The n-th wait is `intervalMs × factor^(n-1)`, at most `maxIntervalMs`, and strays by up to
 * `jitter` of itself either way. A factor of 1 without jitter is TensorFlow Serving's fixed interval; an interval of 0 or less waits not at all.
 */
export interface RetrySchedule {
  /** Attempts after the first one. */
  readonly maxRetries: number;
  readonly intervalMs: number;
  readonly factor?: number;
  readonly maxIntervalMs?: number;
  /** A share between 0 and 1. */
  readonly jitter?: number;
}

/** Source: TensorFlow Serving, `max_num_load_retries` and `load_retry_interval_micros`. */
export const tensorFlowRetrySchedule: RetrySchedule = { maxRetries: 5, intervalMs: 60_000 };

export const defaultRetrySchedule: RetrySchedule = {
  maxRetries: 5,
  intervalMs: 1_000,
  factor: 2,
  maxIntervalMs: 60_000,
  jitter: 0.2,
};

/** Milliseconds to wait before the n-th retry (1-based). `random` answers in [0, 1). */
export function retryDelayMs(schedule: RetrySchedule, retry: number, random: () => number): number {
  const { intervalMs, factor = 1, maxIntervalMs = Number.POSITIVE_INFINITY, jitter = 0 } = schedule;
  if (intervalMs <= 0) return 0;
  const base = Math.min(intervalMs * factor ** (retry - 1), maxIntervalMs);
  const strayed = base * (1 + jitter * (2 * random() - 1));
  return Math.max(0, Math.min(strayed, maxIntervalMs));
}

export interface RetryOptions {
  readonly schedule: RetrySchedule;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Asked after each failure, before the wait: turning false during a wait still allows the attempt after it. */
  readonly shouldRetry?: (error: AppError) => boolean;
  /** Aborting ends it at once, even during a wait: no further attempt. */
  readonly signal?: AbortSignal;
  /** Waits between attempts; may return early. */
  readonly pause: (delayMs: number) => Promise<void>;
  readonly onWillRetry?: (failed: { attempt: number; error: AppError; nextAttemptAtMs: number }) => void;
}

/**
 * Runs `attempt` (1-based) until it succeeds, retries are used up or refused, or the signal is aborted. Rejects with the last
 * attempt's `AppError`, or with CANCELLED when aborted during a wait. Source: TensorFlow Serving, util/retrier.h.
 */
export async function retry<T>(attempt: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { schedule, clock, random = Math.random, shouldRetry = () => true, signal } = options;
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (number > schedule.maxRetries || signal?.aborted || !shouldRetry(error)) throw error;
      const delayMs = retryDelayMs(schedule, number, random);
      options.onWillRetry?.({ attempt: number, error, nextAttemptAtMs: clock.now() + delayMs });
      if (delayMs > 0) await options.pause(delayMs);
      if (signal?.aborted) throw new AppError('CANCELLED', {}, { cause: error });
    }
  }
}

/** Failures that another try with the same files may cure; the others are about the files themselves. */
export function isTransient({ status, code }: AppError): boolean {
  return !permanent.has(status) && !overspent.has(code);
}

/** The same files would take as much again. */
const overspent: ReadonlySet<string> = new Set(['RUNNER_LOAD_OVERRAN', 'RUNNER_OVER_MEMORY_CAP']);

const permanent: ReadonlySet<string> = new Set([
  'CANCELLED',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'FAILED_PRECONDITION',
  'UNIMPLEMENTED',
  'DATA_LOSS',
  'PERMISSION_DENIED',
]);
