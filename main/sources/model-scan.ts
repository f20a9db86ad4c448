import type { AppError } from '../../app/base/errors';
import type { VersionPolicy } from '../../app/contract/models';
import type { VersionFolder } from './version-folders';
import type { Overrides } from './version-policy';

/** What a person set for one model, as far as its source is concerned. */
export interface WatchedModel {
  readonly name: string;
  /** Absolute. */
  readonly basePath: string;
  readonly policy: VersionPolicy;
  readonly overrides: Overrides;
  /** Keep what was aspired last and has vanished, until another version that is asked for can answer. */
  readonly keepLastGood: boolean;
  /** Its folders appeared in one step and are complete: the first look waits for nothing. */
  readonly isComplete?: boolean;
}

export interface ScannedVersion extends VersionFolder {
  /** Has its folder been the same for the stability wait? Only then can it be aspired. */
  readonly isStable: boolean;
  /** False for a version that vanished and is kept. */
  readonly isOnDisk: boolean;
  /** Why it is set aside although it is stable, or will fail when it is loaded. */
  readonly error: AppError | null;
}

/** What the source knows of one model. */
export interface ModelScan {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly ScannedVersion[];
  /** Versions that the policy names and that are not there. */
  readonly missingVersions: readonly number[];
  /** What is wrong with the folder as a whole: BASE_PATH_MISSING, BASE_PATH_UNREADABLE, DROP_NO_VERSION_FOLDERS. */
  readonly problem: AppError | null;
}

/** The files of a version that was stable before are other files now. */
export interface ChangedVersion extends VersionFolder {
  readonly name: string;
  readonly previousFingerprint: string;
}
