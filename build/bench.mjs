import { join } from 'node:path';
import { startTestDisplay } from './display.mjs';
import { launchSwitches } from './launch.mjs';
import { at, cache, root } from './paths.mjs';
import { run } from './process.mjs';
import { setup } from './setup.mjs';
import { runCommand, say } from './terminal.mjs';

/** Bundles `test/bench/main.ts`, with the processes that it starts, and runs it under this Node, with an Electron and a display at hand. */
await runCommand(async () => {
  const runtime = await setup();
  say('bench', 'bundling the benchmarks');
  const folder = join(cache, 'bench');
  const { build } = await import('vite'); // only once the modules are there
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: {
        // all but the first are processes of their own, that the benchmarks start
        input: Object.fromEntries(
          ['main', 'load-generator', 'bare-server', 'bare-grpc-server', 'bare-run', 'raw-loop'].map(
            (name) => [name, at(`test/bench/${name}.ts`)],
          ),
        ),
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  const display = await startTestDisplay();
  try {
    const { switches } = await launchSwitches(runtime.executable, { isVirtual: display !== undefined });
    const { code } = await run(process.execPath, [join(folder, 'main.mjs'), ...process.argv.slice(2)], {
      show: true,
      env: {
        ...process.env,
        ...display?.env,
        SLIPWAY_ELECTRON: runtime.executable,
        SLIPWAY_ELECTRON_SWITCHES: JSON.stringify(switches),
      },
    });
    return code;
  } finally {
    await display?.close();
  }
});
