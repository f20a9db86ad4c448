import { join } from 'node:path';
import type { InferenceNote } from '../../../../app/contract/inference';
import { isLfsPointerFile } from '../../../runner/lfs-pointer';
import { companionFolders, listFiles } from './model-folder';
import { note } from './note';
import { sidecarName } from './sidecar';

/** What says something about a model; the sidecar speaks for itself. */
const companion = /(?:\.(?:txt|json|csv)|^config\.pbtxt|^MLmodel)$/i;

/** A warning for every file beside a model that is a Git LFS pointer and was therefore left aside. */
export const pointersBeside = (folder: string): InferenceNote[] =>
  companionFolders(folder).flatMap((place) =>
    listFiles(place)
      .filter((file) => companion.test(file) && file !== sidecarName && isLfsPointerFile(join(place, file)))
      .map((file) => note('certain', 'warnLfsPointer', { file })),
  );
