// Runs the conformance script, which is TypeScript, without a build.
import { runnerImport } from 'vite';

const { module } = await runnerImport('./test/onnx/conformance-onnx.ts', { logLevel: 'error' });
process.exit(await module.main());
