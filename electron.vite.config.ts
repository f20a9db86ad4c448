import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => resolve(import.meta.dirname, path);
const external = ['electron', 'onnxruntime-node', 'sharp', 'libsql', 'libsql/promise'];

/** Main, preload and runner are CommonJS for Node 18, the page for Chromium 114: both Electrons run them. */
export default defineConfig({
  main: {
    build: {
      outDir: 'dist/main',
      target: 'node18',
      externalizeDeps: false,
      rollupOptions: {
        external,
        input: {
          entry: at('app/shell/entry.ts'),
          runner: at('main/runner/entry.ts'),
          cli: at('main/cli.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'dist/preload',
      target: 'node18',
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron'],
        input: { preload: at('app/preload/bridge.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react()],
    build: {
      outDir: at('dist/renderer'),
      target: 'chrome114',
      // every asset a file of its own: the page's policy lets fonts come from the app only, not from data URLs
      assetsInlineLimit: 0,
      rollupOptions: { input: at('renderer/index.html') },
    },
  },
});
