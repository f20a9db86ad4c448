import { bindSharpToItsLibvips } from './bind-sharp';
import { connectToParent } from './port';
import { ProcessManners } from './process-priority';
import type { ModelPlatform, RunnerPlatform } from './protocol';
import type { CreateRunnerModule } from './runner-module';
import { serveRunner } from './serve-runner';

// The process in which one servable lives. It is started by a `SpawnRunner` and ends with its parent.

type Modules<P extends RunnerPlatform> = Readonly<Record<P, () => Promise<CreateRunnerModule>>>;

/** Each platform's native code is loaded only by the runner that needs it. */
const modelPlatforms: Modules<ModelPlatform> = {
  onnx: async () => (await import('../platforms/onnx/runner/onnx-runner')).createOnnxRunner,
  tfjs: async () => (await import('../platforms/tfjs/runner/tfjs-runner')).createTfjsRunner,
  'lookup-table': async () =>
    (await import('../platforms/lookup-table/runner/lookup-table-runner')).createLookupTableRunner,
};
const platforms: Modules<RunnerPlatform> = {
  ...modelPlatforms,
  imaging: async () => (await import('./imaging-runner')).createImagingRunner,
  batch: async () => (await import('./batch/batch-runner')).batchRunner((name) => modelPlatforms[name]()),
};

const port = connectToParent();
if (!port) {
  console.error('slipway runner: started without a parent; it is no program of its own');
  process.exit(2);
}
port.onClose(() => process.exit(0));
bindSharpToItsLibvips();
serveRunner(port, platforms, new ProcessManners());
