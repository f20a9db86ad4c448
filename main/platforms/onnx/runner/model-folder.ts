import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../../app/base/errors';
import { plainDetail } from '../../../runner/plain-detail';

/** What TensorFlow Serving-like layouts call the file; Hugging Face keeps it one folder down. */
const usualNames = ['model.onnx', join('onnx', 'model.onnx')] as const;

/**
 * The model file of a version's folder: what `named` files say (MLflow's, Triton's) when that is there, else `model.onnx`, else the
 * only `.onnx`. Throws MODEL_FILE_MISSING.
 */
export function findModelFile(folder: string, named: readonly (string | null | undefined)[] = []): string {
  for (const name of named) {
    if (name && isFile(join(folder, name))) return join(folder, name);
  }
  for (const name of usualNames) {
    const path = join(folder, name);
    if (isFile(path)) return path;
  }
  const candidates = listFiles(folder).filter((name) => name.toLowerCase().endsWith('.onnx'));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return join(folder, only);
  const detail =
    candidates.length === 0
      ? 'The folder holds no .onnx file'
      : `The folder holds ${candidates.length} .onnx files and none is called model.onnx`;
  throw new AppError('MODEL_FILE_MISSING', {}, { detail });
}

/** The folders in which files about a version are looked for: its own, and the model's when this is a numbered version of it. */
export function companionFolders(folder: string): readonly string[] {
  return /^\d+$/.test(basename(folder)) ? [folder, dirname(folder)] : [folder];
}

/** Names of the plain files in a folder; none when it cannot be listed. */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch {
    return []; // gone or forbidden: whoever needs a file of it says so
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Takes paths and the library's own sources out of a message; what lies in the version's folder is named from there. */
export function plainAt(message: string, folder: string): string {
  const inFolder = message.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, '').replaceAll(folder, '.');
  return plainDetail(inFolder);
}
