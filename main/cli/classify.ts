import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import pLimit from 'p-limit';
import { AppError } from '../../app/base/errors';
import type { Timings } from '../../app/contract/inference';
import { describeError, explainError, nextStep } from '../../app/contract/messages/error-text';
import type { Model, VersionPolicy } from '../../app/contract/models';
import { whenAnswering } from '../engine/when-answering';
import { readPicture } from '../runner/picture-file';
import { createNodeSpawn } from '../runner/spawn-node';
import { checkFolder } from './check-folder';
import { type Answer, drawAnswers } from './classify-table';
import { exitCodes } from './exit-codes';
import type { Lifetime } from './lifetime';
import { modelNameOf } from './model-name';
import {
  configOption,
  type NamedVersion,
  parseNamedVersion,
  parseNamedVersions,
  versionNumbers,
} from './named-version';
import { parseServerUrl } from './parse-server-url';
import { UsageError } from './usage-error';

interface ClassifyOptions {
  readonly version?: NamedVersion;
  readonly versions?: readonly NamedVersion[];
  readonly config?: string;
  readonly top: number;
  readonly json?: boolean;
  readonly remote?: string;
  readonly token?: string;
  readonly header?: Readonly<Record<string, string>>;
}

const examples = `
MODEL_DIR is a model: a folder with numbered version folders, such as MODEL_DIR/1/model.onnx.
IMAGE is a JPEG, PNG, WebP, AVIF, GIF or TIFF file.

Examples:
  slipway classify ./digits photo.png
  slipway classify ./digits *.png --versions 1,3 --top 3
  slipway classify ./digits photo.png --version stable --config slipway.yaml
  slipway classify ./digits photo.png --json | jq '.[0].classes[0].label'
  slipway classify digits photo.png --remote http://127.0.0.1:8501
  slipway classify shop photo.png --remote http://127.0.0.1:8501 --header x-user=ada

Exit codes: 0 everything was answered, 1 a picture or a version could not be answered (the others are), 2 wrong usage.`;

/** `slipway classify MODEL_DIR IMAGE…` */
export function addClassifyCommand(program: Command, lifetime: Lifetime): void {
  program
    .command('classify')
    .description('ask one or more versions of a model what pictures show')
    .argument('<MODEL_DIR>', 'the folder of the model')
    .argument('<IMAGE...>', 'the pictures')
    .addOption(
      new Option('--version <N|LABEL>', 'the version that answers (default: the latest)')
        .argParser(parseNamedVersion)
        .conflicts('versions'),
    )
    .option('--versions <N,M>', 'several versions or labels, each answers every picture', parseNamedVersions)
    .addOption(configOption())
    .option('--top <K>', 'how many classes to list', parseTop, 5)
    .option('--json', 'print JSON instead of a table')
    .option(
      '--remote <URL>',
      'ask a server; MODEL_DIR is then the name of a model or a route there',
      parseServerUrl,
    )
    .option('--header <NAME=VALUE>', 'a header to send, for the rules of a route; may be repeated', addHeader)
    .option('--token <TOKEN>', 'its access token (or SLIPWAY_TOKEN in the environment)')
    .addHelpText('after', examples)
    .action(async (folder: string, images: readonly string[], options: ClassifyOptions) => {
      process.exitCode = await classify(folder, images, options, lifetime);
    });
}

async function classify(
  folder: string,
  images: readonly string[],
  options: ClassifyOptions,
  lifetime: Lifetime,
): Promise<number> {
  const print = options.json ? new JsonPrinter() : new TablePrinter();
  if (options.remote !== undefined) {
    const { classifyRemotely } = await import('./classify-remotely');
    const token = options.token ?? process.env['SLIPWAY_TOKEN'];
    const asked = options.versions ?? [options.version];
    const server = { url: options.remote, token };
    const rows = classifyRemotely(
      {
        server,
        model: folder,
        images,
        versions: asked,
        top: options.top,
        ...(options.header ? { headers: options.header } : {}),
      },
      lifetime.signal,
    );
    return printAll(rows, print, lifetime.signal);
  }
  const basePath = resolve(folder);
  await checkFolder(basePath, folder);
  const named = options.versions ?? (options.version === undefined ? null : [options.version]);
  const asked = named && (await versionNumbers(named, basePath, options.config));
  const policy: VersionPolicy = asked
    ? { kind: 'specific', versions: [...asked] }
    : { kind: 'latest', count: 1 };
  const name = modelNameOf(basePath);
  const { createEngine } = await import('../engine'); // heavy, and not needed for what is refused above
  const engine = await lifetime.own(
    await createEngine({
      spawnRunner: createNodeSpawn(join(__dirname, 'runner.cjs')),
      stateFolder: null,
      samplesFolder: null,
      settings: { stabilityMs: 0, maxLoadRetries: 0 },
      models: [{ name, basePath, policy }],
    }),
  );
  await engine.models.rescan(name);
  const versions = asked ?? latestOf(engine.models.get(name), folder);
  const settled = versions.map((version) => whenAnswering(engine, name, version, lifetime.signal));

  const atOnce = pLimit(Math.max(2, availableParallelism()));
  const answers = images.map((image) =>
    atOnce(async () => {
      const picture = readPicture(image);
      return Promise.all(
        versions.map(async (version, index): Promise<Answer> => {
          try {
            const [bytes] = await Promise.all([picture, settled[index]]);
            const request = { model: name, version: { version }, picture: bytes, top: options.top };
            const value = await engine.inference.classify(request, lifetime.signal);
            return { image, model: name, version, result: { ok: true, value } };
          } catch (error) {
            return {
              image,
              model: name,
              version,
              result: { ok: false, error: AppError.from(error).toWire() },
            };
          }
        }),
      );
    }),
  );
  return printAll(answers, print, lifetime.signal);
}

/** Prints each picture's answers in the order of the pictures. Resolves to the exit code. */
async function printAll(
  answers: readonly Promise<readonly Answer[]>[],
  print: JsonPrinter | TablePrinter,
  signal: AbortSignal,
): Promise<number> {
  let isComplete = true;
  for (const ofOnePicture of answers) {
    const row = await ofOnePicture;
    if (signal.aborted) break;
    print.answers(row);
    isComplete &&= row.every(({ result }) => result.ok);
  }
  print.end();
  return isComplete ? exitCodes.done : exitCodes.unanswered;
}

/** The newest version that can be loaded, else the newest there is. Throws `UsageError` when the folder holds none. */
function latestOf(model: Model | undefined, folder: string): readonly number[] {
  const latest = model?.versions.find((it) => it.error === null) ?? model?.versions[0];
  if (latest) return [latest.version];
  if (model?.problem && model.problem.code !== 'DROP_NO_VERSION_FOLDERS') {
    throw new UsageError(describeError(model.problem));
  }
  const path = resolve(folder);
  const isVersion = /^\d+$/.test(basename(path));
  throw new UsageError(
    isVersion
      ? `${folder} holds no version folders. If it is one version, ask ${dirname(folder)} with --version ${basename(path)}.`
      : `${folder} holds no version folders. A model is laid out as ${join(basename(path), '1', 'model.onnx')}.`,
  );
}

class JsonPrinter {
  #isFirst = true;

  answers(answers: readonly Answer[]): void {
    for (const { image, model, version, arm, requestId, result } of answers) {
      const routed = arm === undefined ? {} : { arm, requestId };
      const what = result.ok
        ? {
            classes: result.value.classes.map(({ index, label, probability }) => ({
              index,
              label,
              probability,
            })),
            timingsMs: inMicroseconds(result.value.timingsMs),
          }
        : {
            error: {
              code: result.error.code,
              message: explainError(result.error),
              next: nextStep(result.error),
            },
          };
      process.stdout.write(
        `${this.#isFirst ? '[\n' : ',\n'}  ${JSON.stringify({ image, model, version, ...routed, ...what })}`,
      );
      this.#isFirst = false;
    }
  }

  end(): void {
    process.stdout.write(this.#isFirst ? '[]\n' : '\n]\n');
  }
}

/** More digits than these say nothing. */
const inMicroseconds = (timingsMs: Timings): Timings => {
  const { queue, decode, preprocess, run } = timingsMs;
  const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;
  return {
    queue: rounded(queue),
    decode: rounded(decode),
    preprocess: rounded(preprocess),
    run: rounded(run),
  };
};

class TablePrinter {
  answers(answers: readonly Answer[]): void {
    process.stdout.write(drawAnswers(answers, process.stdout.columns ?? 100));
  }

  end(): void {
    // each table is complete in itself
  }
}

function parseTop(text: string): number {
  const top = Number(text);
  if (!Number.isSafeInteger(top) || top < 1 || top > 10_000) {
    throw new InvalidArgumentError('It is a whole number from 1 to 10000.');
  }
  return top;
}

function addHeader(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('It is NAME=VALUE, such as x-user=ada.');
  return { ...before, [name]: value };
}
