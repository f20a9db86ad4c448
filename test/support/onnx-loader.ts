import { onnxPlatform } from '../../main/platforms/onnx/platform';
import { RunnerLoader, type RunnerLoaderHost } from '../../main/platforms/runner-loader';

/** Loads the ONNX model of a folder into a runner, its memory forecast as for a file of next to nothing. */
export const onnxLoader = (host: RunnerLoaderHost, folder: string): RunnerLoader =>
  new RunnerLoader(host, onnxPlatform, folder, async () => onnxPlatform.forecastBytes(0));
