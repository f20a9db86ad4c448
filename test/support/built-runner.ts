import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const repoRoot = resolve(import.meta.dirname, '../..');
const outFolder = join(repoRoot, '.cache', 'test-runner');
const builtFile = join(outFolder, 'runner.cjs');

/** What the runner is made of. */
const sourceFolders = ['main/runner', 'main/platforms', 'app/base', 'app/contract'];

function newestMs(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

/** Bundles `main/runner/entry.ts` when its sources are newer than the last bundle. Resolves to the file that a runner process runs. */
export async function builtRunner(): Promise<string> {
  const newest = Math.max(...sourceFolders.map((folder) => newestMs(join(repoRoot, folder))));
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
  return builtFile;
}
