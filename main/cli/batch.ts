import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { tensorFormatOf } from '../../app/base/tensor-files';
import { formatOf } from '../jobs/batch/batch-export';
import { inputKindOf, isPictureName, namesPictures } from '../jobs/batch/batch-input';
import { checkFolder } from './check-folder';
import type { Lifetime } from './lifetime';
import { configOption, type NamedVersion, parseNamedVersions, versionNumbers } from './named-version';
import type { BatchWork } from './run-batch';
import { UsageError } from './usage-error';

interface BatchOptions {
  readonly versions?: readonly NamedVersion[];
  readonly config?: string;
  readonly input: string;
  readonly output: string;
  readonly outputs: readonly string[];
  readonly top: number;
  readonly resume?: boolean;
}

const examples = `
MODEL_DIR is a model: a folder with numbered version folders, such as MODEL_DIR/1/model.onnx.

Pictures: the input is a folder of pictures with all that is below it, a CSV or JSONL file with a column or key "path", or a
text file with one path in each line. The output is .csv, .jsonl or .parquet: one row for each picture and version.

Tensors: the input is a .npy, .npz or IDX file (x-idx3-ubyte, also .gz) whose first dimension is that of the rows, or a JSONL
file with the inputs of one row in each line. The output is .npy, .npz, .idx or .jsonl.

Examples:
  slipway batch ./digits --input photos --output answers.csv
  slipway batch ./digits --versions 1,3 --input photos --output answers.parquet --resume
  slipway batch ./digits --versions stable,canary --config slipway.yaml --input photos --output answers.csv
  slipway batch ./digits --input rows.npy --output logits.npy
  slipway batch ./detector --input rows.npz --outputs boxes,scores --output found.npz

What is answered is kept beside the output (OUTPUT.batch) until all of it is: after a crash or Ctrl-C, --resume asks only the rest.

Exit codes: 0 everything was answered, 1 some could not be answered (their rows say why), 2 wrong usage.`;

/** `slipway batch MODEL_DIR --input … --output …` */
export function addBatchCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('batch')
    .description('ask one or more versions of a model about many pictures, or rows of tensors')
    .argument('<MODEL_DIR>', 'the folder of the model')
    .requiredOption('--input <PATH>', 'a folder of pictures, a file that lists them, or a file of tensors')
    .requiredOption('--output <FILE>', 'where the answers go; its name says in which form')
    .option(
      '--versions <N,M>',
      'the versions or labels that answer (default: the latest)',
      parseNamedVersions,
    )
    .addOption(configOption())
    .option('--top <K>', 'for pictures: how many classes a row has', parseTop, 5)
    .option('--outputs <A,B>', 'for tensors: the outputs that are kept (default: all)', parseNames, [])
    .option('--resume', 'go on with what an earlier run left')
    .addHelpText('after', examples)
    .action(async (folder: string, options: BatchOptions) => {
      process.exitCode = await batch(folder, options, lifetime);
    });
}

async function batch(folder: string, options: BatchOptions, lifetime: Lifetime): Promise<number> {
  const basePath = resolve(folder);
  await checkFolder(basePath, folder);
  const input = resolve(options.input);
  const found = await stat(input).catch(() => null);
  if (!found) throw new UsageError(`There is no ${options.input}`);
  if (found.isFile() && isPictureName(input))
    throw new UsageError(
      `${options.input} is a picture. Give its folder, or a text file with the path of a picture in each line; slipway classify asks about one.`,
    );
  const work = await workOf(input, found.isDirectory(), options);
  const output = resolve(options.output);
  if (!(await isFolder(dirname(output)))) throw new UsageError(`There is no folder for ${options.output}`);
  const { runBatch } = await import('./run-batch'); // heavy, and not needed for what is refused above
  return runBatch(
    {
      basePath,
      versions: options.versions ? await versionNumbers(options.versions, basePath, options.config) : null,
      work,
      output,
      isResumed: options.resume ?? false,
      runnerPath: join(__dirname, 'runner.cjs'),
    },
    lifetime,
  );
}

/** Is it about pictures or about tensors? The names say it, and of a JSONL file its first line. */
async function workOf(
  input: string,
  isAFolder: boolean,
  { output, outputs, top }: BatchOptions,
): Promise<BatchWork> {
  const inputFormat = isAFolder ? null : tensorFormatOf(input);
  const isOfTensors = inputFormat !== null && !(inputFormat === 'jsonl' && (await namesPictures(input)));
  if (isOfTensors) {
    const target = tensorFormatOf(output);
    if (!target) throw new UsageError('Answers about tensors go to a .npy, .npz, .idx or .jsonl file');
    return { kind: 'tensors', input: { format: inputFormat, path: input }, outputs, target };
  }
  const format = formatOf(output);
  if (!format) throw new UsageError('Answers about pictures go to a .csv, .jsonl or .parquet file');
  return { kind: 'pictures', input: { kind: inputKindOf(input, isAFolder), path: input }, top, format };
}

const parseNames = (text: string): readonly string[] => [...new Set(text.split(',').map((it) => it.trim()))];

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
