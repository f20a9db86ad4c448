import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const repoRoot = resolve(import.meta.dirname, '../..');
const outFolder = join(repoRoot, '.cache', 'test-cli');
const mark = join(outFolder, 'cli.cjs');

function newestMs(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

/** Bundles the command line and its runner as the package ships them, when their sources are newer. Resolves to the file to run. */
export async function builtCli(): Promise<string> {
  const newest = Math.max(...['main', 'app/base', 'app/contract'].map((it) => newestMs(join(repoRoot, it))));
  if (existsSync(mark) && statSync(mark).mtimeMs > newest) return mark;
  const scratch = `${outFolder}-${process.pid}-${Date.now()}`;
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
      rollupOptions: {
        external: ['onnxruntime-node', 'sharp', 'libsql', 'libsql/promise'],
        input: { cli: join(repoRoot, 'main/cli.ts'), runner: join(repoRoot, 'main/runner/entry.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
    ssr: { noExternal: true },
  });
  rmSync(outFolder, { recursive: true, force: true });
  renameSync(scratch, outFolder);
  return mark;
}

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end. */
export async function runCli(args: readonly string[]): Promise<CliRun> {
  const child = spawn(process.execPath, [await builtCli(), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((settle) => child.on('close', settle));
  return { code, stdout, stderr };
}
