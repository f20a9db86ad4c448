import pLimit from 'p-limit';

export interface QueueProgress {
  readonly done: number;
  readonly total: number;
}

export interface RunQueue {
  /** Runs a task when its turn comes; the tasks begin in the order in which they were added. The signal aborts on `cancel`. */
  add(task: (signal: AbortSignal) => Promise<void>): void;
  /** Tasks that have not begun never will, and those that have are told by their signal. */
  cancel(): void;
}

/**
 * At most `concurrency` tasks at once. Progress counts what was added since the queue was last empty;
 * null when nothing is left. A task must handle its own failures.
 */
export function createRunQueue(
  concurrency: number,
  onProgress: (progress: QueueProgress | null) => void,
): RunQueue {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  let abort = new AbortController();
  let progress: QueueProgress = { done: 0, total: 0 };

  const report = (next: QueueProgress): void => {
    progress = next.done === next.total ? { done: 0, total: 0 } : next;
    onProgress(progress.total === 0 ? null : progress);
  };

  return {
    add: (task) => {
      const { signal } = abort;
      report({ ...progress, total: progress.total + 1 });
      limit(() => (signal.aborted ? Promise.resolve() : task(signal)))
        .finally(() => {
          if (!signal.aborted) report({ ...progress, done: progress.done + 1 });
        })
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
    },
    cancel: () => {
      abort.abort();
      abort = new AbortController();
      limit.clearQueue();
      report({ done: 0, total: 0 });
    },
  };
}
