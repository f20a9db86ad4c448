import type { Model, Version } from '../../app/contract/models';

/** A version on disk, with what the test says differently. */
export const aVersion = (version: number, differences: Partial<Version> = {}): Version => ({
  version,
  lifecycle: 'onDisk',
  isAspired: false,
  override: null,
  isOnDisk: true,
  loadsOnRequest: false,
  isPinned: false,
  harness: null,
  sinceMs: 1_000_000,
  error: null,
  sizeBytes: 400_000,
  residentBytes: null,
  estimatedBytes: 85_000_000,
  loadMs: null,
  inFlight: 0,
  batches: [],
  queued: 0,
  warmedUp: null,
  attempt: null,
  maxAttempts: null,
  nextAttemptAtMs: null,
  waitingFor: null,
  isChangedOnDisk: false,
  isOtherContent: false,
  contentHash: null,
  ...differences,
});

/** A version that answers. */
export const anAvailableVersion = (version: number, differences: Partial<Version> = {}): Version =>
  aVersion(version, {
    lifecycle: 'available',
    isAspired: true,
    harness: 'ready',
    residentBytes: 87_000_000,
    loadMs: 1_900,
    ...differences,
  });

/** A model whose newest version is available, with what the test says differently. */
export const aModel = (name: string, differences: Partial<Model> = {}): Model => ({
  name,
  platform: 'onnx',
  displayPath: `~/models/${name}`,
  policy: { kind: 'latest', count: 1 },
  switching: 'availabilityPreserving',
  keepLastGood: true,
  loaded: 'always',
  idleUnloadMs: 600_000,
  running: {},
  labels: [],
  versions: [anAvailableVersion(1)],
  isLookedAt: true,
  problem: null,
  isSample: false,
  holdsCopies: false,
  lastUsedAtMs: null,
  ...differences,
});
