import { join } from 'node:path';
import { z } from 'zod';
import type { PictureChange } from '../../../../app/contract/inference';
import type { Configured, LoadInput, RunnerDescription } from '../../../runner/protocol';
import type { CallContext } from '../../../runner/runner-module';
import type { Tensor } from '../../../runner/tensor';
import { checkFeeds } from '../../onnx/runner/check-feeds';
import { ImageClassifier } from '../../onnx/runner/image-classifier';
import { readSmallFile } from '../../onnx/runner/small-file';
import { startBackend } from './backend';
import { type ModelFiles, readModelFiles } from './model-artifacts';
import { structureOf } from './structure';
import { messageOf, TfjsSession } from './tfjs-session';

/** One TensorFlow.js model in memory, and what was found out about it as an image classifier. */
export class TfjsModel {
  readonly #json: ModelFiles['json'];
  readonly #session: TfjsSession;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #images: ImageClassifier;

  private constructor(
    files: ModelFiles,
    session: TfjsSession,
    metadata: Readonly<Record<string, string>>,
    images: ImageClassifier,
  ) {
    this.#json = files.json;
    this.#session = session;
    this.#metadata = metadata;
    this.#images = images;
  }

  /** Reads, loads, infers and runs once. Throws what `readModelFiles` and `TfjsSession.create` throw. */
  static async load(
    { folder, options: _options, ...kept }: LoadInput,
    enter: CallContext['enter'],
  ): Promise<TfjsModel> {
    await enter('reading');
    const backend = await startBackend();
    const files = await readModelFiles(folder);
    const bytes = files.weightBytes;
    await enter('building', bytes);
    const session = await TfjsSession.create(files);
    const metadata = { ...ownLabels(folder), backend, format: `${files.kind} model` };
    await enter('trying', bytes);
    const source = {
      folder,
      file: structureOf(session, files.json, metadata),
      session,
      inputs: session.inputs,
      declaresOutputs: false,
      explain: messageOf,
    };
    return new TfjsModel(files, session, metadata, await ImageClassifier.create(source, kept));
  }

  /** The model as an image classifier; it may be none. */
  get images(): ImageClassifier {
    return this.#images;
  }

  get description(): RunnerDescription {
    const { generatedBy, convertedBy } = this.#json;
    return {
      producer: [generatedBy, convertedBy].filter(Boolean).join(', '),
      irVersion: null,
      opsets: [],
      inputs: [...this.#session.inputs],
      outputs: [...this.#session.outputs],
      metadata: { ...this.#metadata },
      ...this.#images.description,
    };
  }

  /** Throws TENSOR_MISMATCH, MODEL_RUN_FAILED. */
  predict(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Tensor>> {
    checkFeeds(feeds, this.#session.inputs);
    return this.#session.run(feeds, outputs);
  }

  /** Throws MODEL_NOT_A_CLASSIFIER, INVALID_ARGUMENT. */
  configure(change: PictureChange, keepInFolder: boolean): Configured {
    const configured = this.#images.configure(change, keepInFolder);
    return { ...configured, description: this.description };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

const ownMetadataSchema = z.looseObject({ labels: z.array(z.string()).min(1) });

/** Teachable Machine names the classes in a `metadata.json` beside the model. */
function ownLabels(folder: string): Readonly<Record<string, string>> {
  const text = readSmallFile(join(folder, 'metadata.json'));
  if (text === undefined) return {};
  try {
    const parsed = ownMetadataSchema.safeParse(JSON.parse(text));
    return parsed.success ? { labels: JSON.stringify(parsed.data.labels) } : {};
  } catch {
    return {}; // some other program's file
  }
}
