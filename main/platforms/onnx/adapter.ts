import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Is this the folder of a version that the ONNX platform can load, as far as its file names tell? */
export async function isOnnxFolder(folder: string): Promise<boolean> {
  return (await holdsOnnx(folder)) || holdsOnnx(join(folder, 'onnx'));
}

async function holdsOnnx(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).some((name) => name.toLowerCase().endsWith('.onnx'));
  } catch {
    return false; // no such folder, or not ours to read
  }
}
