import { basename, join } from 'node:path';
import type { FileSystem } from './file-system';
import { type FolderListing, type ListedFile, listVersion } from './folder-listing';
import { versionsAmong } from './version-folders';

/** A model that is in the list already. */
export interface KnownModel {
  readonly name: string;
  readonly basePath: string;
  /** May versions be copied into its folder? */
  readonly canTakeVersions: boolean;
}

/** What is known of a version that looks for a model to join. */
export interface Candidate {
  readonly name: string;
  readonly files: readonly ListedFile[];
}

export interface Target {
  readonly model: string;
  readonly nextVersion: number;
  /** By its name or its files it seems to be the same model. */
  readonly isLike: boolean;
}

const maxTargets = 20;

/** Models that could take the candidate as their next version, likeliest first: by name, then by what their newest version holds. */
export async function rankTargets(
  fileSystem: FileSystem,
  candidate: Candidate,
  known: readonly KnownModel[],
): Promise<Target[]> {
  const byName = known
    .filter((model) => model.canTakeVersions)
    .map((model) => ({ model, likeness: nameLikeness(candidate.name, model.name) }))
    .sort((a, b) => b.likeness - a.likeness || (a.model.name < b.model.name ? -1 : 1))
    .slice(0, maxTargets);
  const ranked: (Omit<Target, 'isLike'> & { readonly likeness: number })[] = [];
  for (const { model, likeness } of byName) {
    const newest = await newestVersion(fileSystem, model);
    if (newest === null) continue;
    ranked.push({
      model: model.name,
      nextVersion: newest.version + 1,
      likeness: likeness + (newest.listing ? contentLikeness(candidate.files, newest.listing.files) : 0),
    });
  }
  ranked.sort((a, b) => b.likeness - a.likeness); // stable: equal ones stay in the order of their names
  return ranked.map(({ likeness, ...target }) => ({ ...target, isLike: likeness > 0 }));
}

/** Null when the model's folder cannot be read; version 0 when it holds none yet. */
async function newestVersion(
  fileSystem: FileSystem,
  model: KnownModel,
): Promise<{ readonly version: number; readonly listing: FolderListing | null } | null> {
  try {
    const root = await fileSystem.realPath(model.basePath);
    const versions = versionsAmong((await fileSystem.list(root)).map((entry) => entry.name));
    const version = Math.max(0, ...versions.keys());
    const folder = versions.get(version);
    if (folder === undefined) return { version, listing: null };
    return { version, listing: await listVersion(fileSystem, join(root, folder), root, model.name) };
  } catch {
    return null; // it cannot take anything while it cannot be read, and says so itself
  }
}

/** A name without what tells versions apart: `digits-v2`, `digits_3.1` and `Digits` are one. */
const stem = (name: string): string =>
  name.toLowerCase().replace(/([-_. ]*(v|ver|version|final|best|epoch|new|copy)?[-_. ]*\d*([._]\d+)*)$/u, '');

function nameLikeness(a: string, b: string): number {
  if (a.toLowerCase() === b.toLowerCase()) return 5;
  const [first, second] = [stem(a), stem(b)];
  if (first === '' || second === '') return 0;
  if (first === second) return 4;
  return first.startsWith(second) || second.startsWith(first) ? 2 : 0;
}

function contentLikeness(a: readonly ListedFile[], b: readonly ListedFile[]): number {
  const [first, second] = [largest(a), largest(b)];
  if (!first || !second) return 0;
  const isSameFile = basename(first.name) === basename(second.name) && basename(first.name) !== 'model.onnx';
  const share = Math.min(first.sizeBytes, second.sizeBytes) / Math.max(first.sizeBytes, second.sizeBytes, 1);
  const [labelsA, labelsB] = [labels(a), labels(b)];
  const isSameLabels = labelsA !== undefined && labelsA.sizeBytes === labelsB?.sizeBytes;
  return (isSameFile ? 2 : 0) + (share > 0.98 ? 3 : share > 0.8 ? 1 : 0) + (isSameLabels ? 3 : 0);
}

const largest = (files: readonly ListedFile[]): ListedFile | undefined =>
  files.reduce<ListedFile | undefined>((a, b) => (a && a.sizeBytes >= b.sizeBytes ? a : b), undefined);
const labels = (files: readonly ListedFile[]): ListedFile | undefined =>
  files.find((file) => file.name.toLowerCase() === 'labels.txt');
