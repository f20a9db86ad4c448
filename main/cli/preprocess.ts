import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { checkFolder } from './check-folder';
import type { Lifetime } from './lifetime';
import { configOption, type NamedVersion, parseNamedVersion, versionNumbers } from './named-version';

interface PreprocessOptions {
  readonly labelled: string;
  readonly modelVersion?: NamedVersion;
  readonly config?: string;
  readonly all?: boolean;
  readonly apply?: boolean;
  readonly json?: boolean;
}

const examples = `
MODEL_DIR is a model: a folder with numbered version folders, such as MODEL_DIR/1/model.onnx.
Labelled pictures are a folder with a folder for each class (cat/1.jpg, dog/2.jpg), or a file with a line for each picture: CSV or
TSV with the columns path and label, or JSONL as {"path": "1.jpg", "label": "cat"}. Paths begin at the file. A label is the name of a
class, or its number.

Tries the usual ways to prepare pictures, and ranks them by how many pictures were right, how surely, and how usual each way is. Ten
pictures are plenty.

Examples:
  slipway preprocess ./flowers --labelled ./some-flowers
  slipway preprocess ./flowers --labelled labels.csv --apply
  slipway preprocess ./flowers --labelled labels.csv --json | jq '.ranked[0].preprocessing'

Exit codes: 0 done, 1 a picture or the version could not be used, 2 wrong usage.`;

/** `slipway preprocess MODEL_DIR --labelled FILE|DIR` */
export function addPreprocessCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('preprocess')
    .description('find the right way to prepare pictures for a version, with some whose class is known')
    .argument('<MODEL_DIR>', 'the folder of the model')
    .requiredOption('--labelled <FILE|DIR>', 'the pictures and what they show')
    .option('--model-version <N|LABEL>', 'the version (default: the latest)', parseNamedVersion)
    .addOption(configOption())
    .option('--all', 'list every way that was tried, and not only the best five')
    .option('--apply', 'keep the best one in the slipway.json of the version')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', examples)
    .action(async (folder: string, { labelled, modelVersion, config, ...flags }: PreprocessOptions) => {
      const basePath = resolve(folder);
      await checkFolder(basePath, folder);
      const [version] = modelVersion ? await versionNumbers([modelVersion], basePath, config) : [];
      const { runPreprocess } = await import('./run-preprocess'); // heavy, and not needed for what is refused above
      process.exitCode = await runPreprocess(
        {
          basePath,
          version,
          labelled: resolve(labelled),
          listsAll: flags.all ?? false,
          applies: flags.apply ?? false,
          isJson: flags.json ?? false,
          runnerPath: join(__dirname, 'runner.cjs'),
        },
        lifetime,
      );
    });
}
