/** A version as a source names it: where it is and what its files are known by. */
export interface VersionFolder {
  readonly version: number;
  /** Absolute. A folder as a rule; a plain file counts too and is judged when it is loaded. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Names of all its files, relative to it: what kind of model it is shows in them. */
  readonly files: readonly string[];
  /** Names, sizes and times of all its files in one word: another word means that something was written. */
  readonly fingerprint: string;
}

// At most 15 digits, so that every version is an exact JavaScript number.
const versionName = /^\d{1,15}$/;

/** The version that a folder's name stands for; null when it stands for none. Leading zeros are allowed: `007` is 7. */
export const parseVersion = (name: string): number | null => (versionName.test(name) ? Number(name) : null);

/**
 * The versions among what a base path holds, each with the name it goes by there.
 * Listings that name descendants (`7/model.onnx`, as object stores do) count once; of two names for one number
 * (`001` and `1`) the lexicographically last is taken. Source: TensorFlow Serving, file_system_storage_path_source.cc.
 */
export function versionsAmong(names: Iterable<string>): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of names) {
    const slash = name.indexOf('/');
    const child = slash < 0 ? name : name.slice(0, slash);
    const version = parseVersion(child);
    if (version === null) continue;
    const rival = found.get(version);
    if (rival === undefined || rival < child) found.set(version, child);
  }
  return found;
}
