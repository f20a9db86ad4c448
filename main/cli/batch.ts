import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { formatOf } from '../jobs/batch/batch-export';
import { inputKindOf } from '../jobs/batch/batch-input';
import type { Lifetime } from './lifetime';
import { UsageError } from './usage-error';

interface BatchOptions {
  readonly versions?: readonly number[];
  readonly input: string;
  readonly output: string;
  readonly top: number;
  readonly resume?: boolean;
}

const examples = `
MODEL_DIR is a model: a folder with numbered version folders, such as MODEL_DIR/1/model.onnx.
The input is a folder of pictures with all that is below it, a CSV or JSONL file with a column or key "path", or a text
file with one path in each line. The output is .csv, .jsonl or .parquet: one row for each picture and version.

Examples:
  slipway batch ./digits --input photos --output answers.csv
  slipway batch ./digits --versions 1,3 --input photos --output answers.parquet
  slipway batch ./digits --versions 1,3 --input photos --output answers.parquet --resume

What is answered is kept beside the output (OUTPUT.batch) until all of it is: after a crash or Ctrl-C, --resume asks only the rest.

Exit codes: 0 everything was answered, 1 some pictures could not be answered (their rows say why), 2 wrong usage.`;

/** `slipway batch MODEL_DIR --input … --output …` */
export function addBatchCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('batch')
    .description('ask one or more versions of a model about many pictures')
    .argument('<MODEL_DIR>', 'the folder of the model')
    .requiredOption('--input <PATH>', 'a folder of pictures, or a file that lists them')
    .requiredOption('--output <FILE>', 'where the answers go: .csv, .jsonl or .parquet')
    .option('--versions <N,M>', 'the versions that answer (default: the latest)', parseVersions)
    .option('--top <K>', 'how many classes a row has', parseTop, 5)
    .option('--resume', 'go on with what an earlier run left')
    .addHelpText('after', examples)
    .action(async (folder: string, options: BatchOptions) => {
      process.exitCode = await batch(folder, options, lifetime);
    });
}

async function batch(folder: string, options: BatchOptions, lifetime: Lifetime): Promise<number> {
  const format = formatOf(options.output);
  if (!format) throw new UsageError('The output is a .csv, .jsonl or .parquet file');
  const basePath = resolve(folder);
  if (!(await isFolder(basePath))) throw new UsageError(`There is no folder ${folder}`);
  const input = resolve(options.input);
  const found = await stat(input).catch(() => null);
  if (!found) throw new UsageError(`There is no ${options.input}`);
  const output = resolve(options.output);
  if (!(await isFolder(dirname(output)))) throw new UsageError(`There is no folder for ${options.output}`);
  const { runBatch } = await import('./run-batch'); // heavy, and not needed for what is refused above
  return runBatch(
    {
      basePath,
      versions: options.versions ?? null,
      input: { kind: inputKindOf(input, found.isDirectory()), path: input },
      top: options.top,
      output,
      format,
      isResumed: options.resume ?? false,
      runnerPath: join(__dirname, 'runner.cjs'),
    },
    lifetime,
  );
}

function parseVersions(text: string): readonly number[] {
  const versions = text.split(',').map((it) => it.trim());
  if (!versions.every((it) => /^\d{1,15}$/.test(it))) {
    throw new InvalidArgumentError('Versions are whole numbers, such as 1,3.');
  }
  return [...new Set(versions.map(Number))];
}

function parseTop(text: string): number {
  const top = Number(text);
  if (!Number.isSafeInteger(top) || top < 1 || top > 1_000) {
    throw new InvalidArgumentError('It is a whole number from 1 to 1000.');
  }
  return top;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (it) => it.isDirectory(),
    () => false,
  );
