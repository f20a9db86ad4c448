import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inRepo } from '../../support/electron-app';
import { type LoadResult, type LoadSpec, loadDefaults } from './load-spec';

type Given = Pick<LoadSpec, 'protocol' | 'port' | 'requests'> & Partial<LoadSpec>;

/** A bundle beside that of the benchmarks. */
const bundle = (name: string): string => inRepo('.cache', 'bench', `${name}.mjs`);

function start(name: string, args: readonly string[]): ChildProcess {
  return fork(bundle(name), args, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Puts load on a server from a process of its own, and resolves with what came of it. */
export async function load(given: Given): Promise<LoadResult> {
  const child = start('load-generator', []);
  try {
    const answered = once(child, 'message');
    child.send({ ...loadDefaults, ...given } satisfies LoadSpec);
    const [result] = (await Promise.race([answered, ended(child)])) as [LoadResult];
    return result;
  } finally {
    child.kill();
  }
}

/** The bare server that ours is held against. */
export async function startBareServer(
  kind: 'small' | 'jpeg' | 'grpc',
  modelFolder: string,
): Promise<{ readonly port: number; close(): void }> {
  const modelFile = join(modelFolder, 'model.onnx');
  const child =
    kind === 'grpc' ? start('bare-grpc-server', [modelFile]) : start('bare-server', [kind, modelFile]);
  const [{ port }] = (await Promise.race([once(child, 'message'), ended(child)])) as [{ port: number }];
  return { port, close: () => void child.kill() };
}

/** So many tight loops side by side, each in a process with so many threads for its runs. */
export async function startRawLoops(
  count: number,
  args: readonly [modelFile: string, pictureFile: string, threads: string],
): Promise<{ perSecond(durationMs: number): Promise<number>; close(): void }> {
  const children = Array.from({ length: count }, () => start('raw-loop', args));
  await Promise.all(children.map((child) => Promise.race([once(child, 'message'), ended(child)])));
  return {
    perSecond: async (durationMs) => {
      const counts = await Promise.all(
        children.map(async (child) => {
          const answered = once(child, 'message');
          child.send(durationMs);
          const [pictures] = (await Promise.race([answered, ended(child)])) as [number];
          return pictures;
        }),
      );
      return (counts.reduce((sum, pictures) => sum + pictures, 0) * 1_000) / durationMs;
    },
    close: () => {
      for (const child of children) child.kill();
    },
  };
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`A process of the benchmark ended with ${code}`);
}
