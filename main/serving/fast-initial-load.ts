import { AppError } from '../../app/base/errors';
import type { AspiredVersionsManager } from './aspired-versions-manager';
import type { BasicManager } from './basic-manager';
import type { LoaderFactory } from './loader';
import { latest } from './manager';
import { formatServableId } from './servable-id';
import type { ServableStateMonitor } from './servable-state-monitor';
import { connectSourceToTarget, type Source } from './source';

export interface FastInitialLoadOptions {
  readonly basicManager: BasicManager;
  readonly manager: AspiredVersionsManager;
  readonly monitor: ServableStateMonitor;
  readonly sources: readonly Source<LoaderFactory>[];
  readonly initialNames: readonly string[];
  /** How many loads may run at a time until all are settled. */
  readonly numThreads: number;
  readonly timeoutMs?: number;
}

/**
 * Connects the sources and waits, with more loads at a time, until each of the first names has an available version. Rejects with
 * status UNKNOWN and what went wrong with each otherwise; the number of loads goes back to what it was in either case.
 * Source: TensorFlow Serving, core/load_servables_fast.h.
 */
export async function connectSourcesWithFastInitialLoad(options: FastInitialLoadOptions): Promise<void> {
  const { basicManager, manager, monitor, timeoutMs } = options;
  const numLoadThreads = basicManager.numLoadThreads;
  basicManager.setNumLoadThreads(options.numThreads);
  try {
    for (const source of options.sources) connectSourceToTarget(source, manager);
    const { reached, states } = await monitor.waitUntilServablesReachState(
      options.initialNames.map(latest),
      'available',
      timeoutMs === undefined ? {} : { timeoutMs },
    );
    if (reached) return;
    const failures = [...states.values()].filter(({ managerState }) => managerState !== 'available');
    const texts = failures.map(
      ({ id, health }) => `${formatServableId(id)} due to error: ${health?.message}`,
    );
    throw new AppError(
      'INTERNAL',
      {},
      {
        status: 'UNKNOWN',
        detail: `${failures.length} servable(s) did not become available: {${texts.join(', ')}}`,
      },
    );
  } finally {
    basicManager.setNumLoadThreads(numLoadThreads);
  }
}
