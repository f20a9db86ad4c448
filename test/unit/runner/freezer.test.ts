import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freezerOf } from '../../../main/runner/freezer';
import { repoRoot } from '../../support/newest-source';
import { isAlive } from '../../support/processes';

const isStopped = (pid: number): boolean =>
  execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');

/** Lives until its input ends. */
const patient = (): ChildProcess => spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });

describe.skipIf(process.platform === 'win32')('a process that is frozen', () => {
  let child: ChildProcess;
  let pid: number;

  beforeEach(() => {
    child = patient();
    pid = child.pid ?? 0;
    return () => child.kill('SIGKILL');
  });

  test('stands still until it is thawed', async () => {
    const freezer = freezerOf(pid);
    freezer?.freeze();
    await expect.poll(() => isStopped(pid)).toBe(true);
    freezer?.thaw();
    await expect.poll(() => isStopped(pid)).toBe(false);
    freezer?.dispose();
  });

  test('goes on when its freezer is disposed, and is not frozen again', async () => {
    const freezer = freezerOf(pid);
    freezer?.freeze();
    await expect.poll(() => isStopped(pid)).toBe(true);
    freezer?.dispose();
    freezer?.freeze();
    await expect.poll(() => isStopped(pid)).toBe(false);
  });

  test('is left alone when it has gone', async () => {
    const freezer = freezerOf(pid);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    freezer?.freeze();
    freezer?.dispose();
  });
});

describe.skipIf(process.platform === 'win32')('a process that is frozen by one that is killed', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-freezer-'));
    await build({
      configFile: false,
      root: repoRoot,
      logLevel: 'error',
      build: {
        outDir: folder,
        target: 'node18',
        ssr: true,
        rollupOptions: {
          input: join(repoRoot, 'main/runner/freezer.ts'),
          output: { format: 'cjs', entryFileNames: 'freezer.cjs' },
        },
      },
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('goes on, and sees that it is alone', async () => {
    const owner = join(folder, 'owner.cjs');
    await writeFile(
      owner,
      `const child = require('node:child_process').spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
       require('./freezer.cjs').freezerOf(child.pid).freeze();
       console.log(child.pid);`,
    );
    const owning = spawn(process.execPath, [owner], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) =>
      createInterface(owning.stdout).once('line', (line) => resolve(Number(line))),
    );
    await expect.poll(() => isStopped(pid)).toBe(true);
    owning.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});
