import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunnerLoader, type RunnerLoaderHost } from '../runner-loader';
import { forecastBytes } from './memory-forecast';

/** Loads the ONNX model of one version's folder into a runner. */
export const createOnnxLoader = (host: RunnerLoaderHost, folder: string): RunnerLoader =>
  new RunnerLoader(host, 'onnx', folder, async (path) => forecastBytes(await filesBytes(path)));

/** Bytes of the files in a folder, of which a model's weights are nearly all; 0 when it cannot be read: the load says why. */
async function filesBytes(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const sizes = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async ({ name }) => (await stat(join(folder, name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}
