import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { checkFolder } from './check-folder';
import type { Lifetime } from './lifetime';
import { configOption, type NamedVersion, parseNamedVersion, versionNumbers } from './named-version';

interface AutotuneOptions {
  readonly modelVersion?: NamedVersion;
  readonly config?: string;
  readonly p95: number;
  readonly json?: boolean;
}

const examples = `
MODEL_DIR is a model: a folder with numbered version folders, such as MODEL_DIR/1/model.onnx.

Tries numbers of processes, threads, batch sizes and delays, measures each under load for a few seconds, and prints what answers
most requests while 95 of 100 are answered within the bound. It takes up to two minutes; what else runs on the computer
meanwhile is in the figures. In the app the same search is a job that also sets what it found.

Examples:
  slipway autotune ./digits
  slipway autotune ./digits --model-version 3 --p95 20 --json`;

/** `slipway autotune MODEL_DIR` */
export function addAutotuneCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('autotune')
    .description('search for the best way to run a version on this computer')
    .argument('<MODEL_DIR>', 'the folder of the model')
    .option('--model-version <N|LABEL>', 'the version (default: the latest)', parseNamedVersion)
    .addOption(configOption())
    .option('--p95 <MS>', 'the bound on the 95th percentile of the latency', parseMs, 100)
    .option('--json', 'print everything that was measured as JSON')
    .addHelpText('after', examples)
    .action(async (folder: string, { modelVersion, config, p95, json = false }: AutotuneOptions) => {
      const basePath = resolve(folder);
      await checkFolder(basePath, folder);
      const [version] = modelVersion ? await versionNumbers([modelVersion], basePath, config) : [];
      const { runAutotune } = await import('./run-autotune'); // heavy, and not needed for what is refused above
      process.exitCode = await runAutotune(
        {
          basePath,
          version: version ?? null,
          p95BoundMs: p95,
          isJson: json,
          runnerPath: join(__dirname, 'runner.cjs'),
        },
        lifetime,
      );
    });
}

function parseMs(text: string): number {
  const ms = Number(text);
  if (text.trim() === '' || !(ms > 0 && ms <= 60_000))
    throw new InvalidArgumentError('It is a number of milliseconds, such as 50.');
  return ms;
}
