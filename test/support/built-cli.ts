import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { newestSourceMs, repoRoot } from './newest-source';

const cache = join(repoRoot, '.cache', 'test-cli');
/** A bundle is of no more use after this time. */
const keptMs = 24 * 60 * 60 * 1_000;

/**
 * Bundles the command line and its runner as the package ships them, in a folder for each state of their sources: test files run in
 * processes of their own, and a bundle from which one of them runs a server must stay. Resolves to the file to run.
 */
export async function builtCli(): Promise<string> {
  const outFolder = join(cache, String(Math.trunc(newestSourceMs(['main', 'app/base', 'app/contract']))));
  const file = join(outFolder, 'cli.cjs');
  if (existsSync(file)) return file;
  const scratch = join(cache, `building-${process.pid}-${Date.now()}`);
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
  try {
    renameSync(scratch, outFolder);
  } catch (error) {
    if (!existsSync(file)) throw error; // another one was quicker
    rmSync(scratch, { recursive: true });
  }
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    const found = statSync(old, { throwIfNoEntry: false }); // another one may have put its own in place
    if (found && Date.now() - found.mtimeMs > keptMs) rmSync(old, { recursive: true, force: true });
  }
  return file;
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
