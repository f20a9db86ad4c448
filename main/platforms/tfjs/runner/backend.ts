import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url&inline';
import { enableProdMode, getBackend, setBackend } from '@tensorflow/tfjs-core';

let starting: Promise<string> | undefined;

/** Makes TensorFlow.js ready, once: on WebAssembly, or on plain JavaScript where that cannot be. Resolves to which it is. */
export function startBackend(): Promise<string> {
  starting ??= start();
  return starting;
}

async function start(): Promise<string> {
  enableProdMode();
  // Every Node that runs us has SIMD, and none lets this build have threads: one file serves all three names.
  setWasmPaths(
    {
      'tfjs-backend-wasm.wasm': simdWasm,
      'tfjs-backend-wasm-simd.wasm': simdWasm,
      'tfjs-backend-wasm-threaded-simd.wasm': simdWasm,
    },
    true,
  );
  if (!(await setBackend('wasm').catch(() => false))) await setBackend('cpu');
  return getBackend();
}
