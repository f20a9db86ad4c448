import type { WireError } from '../../app/base/errors';
import type { Lifecycle, Version } from '../../app/contract/models';
import type { BatchCount, WarmedUp } from '../../app/contract/running';
import type { ServableSnapshot } from '../serving/servable-snapshot';
import type { ScannedVersion } from '../sources/model-scan';

/** What the process of a version takes, and what loading is expected to take. Null where nothing is known. */
export interface LoaderFigures {
  readonly batches: readonly BatchCount[];
  readonly queued: number;
  readonly warmedUp: WarmedUp | null;
  readonly residentBytes: number | null;
  readonly estimatedBytes: number | null;
}

export interface VersionFacts {
  readonly version: number;
  /** As the source saw it; undefined when it is neither on disk nor kept. */
  readonly scanned: ScannedVersion | undefined;
  /** When the source first saw it. */
  readonly seenAtMs: number;
  /** As the manager holds it. */
  readonly managed: ServableSnapshot | undefined;
  readonly figures: LoaderFigures;
  readonly override: 'load' | 'unload' | null;
  readonly loadsOnRequest: boolean;
  readonly isPinned: boolean;
  /** When it was last unloaded, if it was loaded since the start. */
  readonly unloadedAtMs: number | undefined;
  readonly isChangedOnDisk: boolean;
  readonly isOtherContent: boolean;
  readonly contentHash: string | null;
}

/** One version as the page shows it, out of what source, manager and registry know. Pure. */
export function viewVersion(facts: VersionFacts): Version {
  const { version, scanned, managed, figures, override } = facts;
  const { isChangedOnDisk, isOtherContent, contentHash, loadsOnRequest, isPinned } = facts;
  const error = errorOf(facts);
  const isTrying = managed?.state === 'loading';
  return {
    version,
    lifecycle: lifecycleOf(facts, error),
    isAspired: managed?.isAspired ?? loadsOnRequest,
    override,
    isOnDisk: scanned?.isOnDisk ?? false,
    loadsOnRequest,
    isPinned,
    harness: managed?.state ?? null,
    sinceMs: managed?.sinceMs ?? facts.unloadedAtMs ?? facts.seenAtMs,
    error,
    sizeBytes: scanned?.sizeBytes ?? 0,
    residentBytes: figures.residentBytes,
    estimatedBytes: figures.estimatedBytes ?? managed?.reservedBytes ?? null,
    loadMs: managed?.loadMs ?? null,
    inFlight: managed?.handles ?? 0,
    batches: [...figures.batches],
    queued: figures.queued,
    warmedUp: figures.warmedUp,
    attempt: isTrying || error ? (managed?.attempt ?? null) : null,
    maxAttempts: isTrying || error ? (managed?.maxAttempts ?? null) : null,
    nextAttemptAtMs: managed?.nextAttemptAtMs ?? null,
    waitingFor: managed?.waitingFor ?? null,
    isChangedOnDisk,
    isOtherContent,
    contentHash,
  };
}

function errorOf({ managed, scanned }: VersionFacts): WireError | null {
  const error = managed ? managed.error : (scanned?.error ?? null);
  return error === null || error.code === 'CANCELLED' ? null : error.toWire();
}

function lifecycleOf({ managed, unloadedAtMs }: VersionFacts, error: WireError | null): Lifecycle {
  switch (managed?.state) {
    case undefined:
      if (error) return 'failed';
      return unloadedAtMs === undefined ? 'onDisk' : 'unloaded';
    case 'new':
    case 'loadRequested':
    case 'loadApproved':
      return 'waiting';
    case 'loading':
      return managed.nextAttemptAtMs === null ? 'loading' : 'failed'; // between two tries the reason matters more
    case 'ready':
      return 'available';
    case 'unloadRequested':
    case 'quiescing':
    case 'quiesced':
    case 'unloading':
      return 'unloading';
    case 'disabled':
      return 'unloaded';
    case 'error':
      return error ? 'failed' : 'unloaded'; // its load was cancelled
  }
}
