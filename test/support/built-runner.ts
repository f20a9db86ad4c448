import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { newestSourceMs, repoRoot } from './newest-source';

const outFolder = join(repoRoot, '.cache', 'test-runner');
const builtFile = join(outFolder, 'runner.cjs');

/** What the runner is made of. */
const sourceFolders = ['main/runner', 'main/platforms', 'app/base', 'app/contract'];

/** Bundles `main/runner/entry.ts` when its sources are newer than the last bundle. Resolves to the file that a runner process runs. */
export async function builtRunner(): Promise<string> {
  const newest = newestSourceMs(sourceFolders);
  if (existsSync(builtFile) && statSync(builtFile).mtimeMs > newest) return builtFile;
  const scratch = join(outFolder, `building-${process.pid}-${Date.now()}`);
  mkdirSync(scratch, { recursive: true });
  await build({
    configFile: false,
    root: repoRoot,
    logLevel: 'error',
    build: {
      outDir: scratch,
      target: 'node18',
      ssr: true,
      minify: false,
      emptyOutDir: false,
      rollupOptions: {
        external: ['onnxruntime-node', 'sharp'],
        input: join(repoRoot, 'main/runner/entry.ts'),
        output: { format: 'cjs', entryFileNames: 'runner.cjs', codeSplitting: false },
      },
    },
    ssr: { noExternal: true },
  });
  // Test files run in processes of their own and may build at the same time: the last one wins, whole.
  renameSync(join(scratch, 'runner.cjs'), builtFile);
  rmSync(scratch, { recursive: true });
  return builtFile;
}
