import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, listSupportedBackends, Tensor as OrtTensor } from 'onnxruntime-node';
import { AppError } from '../../../../app/base/errors';
import type { TensorInfo } from '../../../../app/contract/inference';
import type { ExecutionProvider } from '../../../../app/contract/running';
import type { RunnerOptions } from '../../../runner/protocol';
import type { Tensor } from '../../../runner/tensor';

/**
 * Models above this size run without onnxruntime's memory arena: it asks for memory in doubling blocks, and Chromium's
 * allocator ends a process that asks for too much at once (electron #44291).
 */
const arenaLimitBytes = 256 * 1024 * 1024;

/** Threads within one run where nothing is said of them. */
export const defaultThreads = 1;

export interface SessionOptions extends Pick<RunnerOptions, 'intraOpThreads'> {
  /** Of the model and its external data. */
  readonly modelBytes: number;
  /** What it cannot run is left to cpu. Default cpu. */
  readonly provider?: ExecutionProvider;
  /** Has the runtime write down what it does, until `takeProfile`. */
  readonly isProfiled?: boolean;
}

/** What this build of onnxruntime has, by its own list. */
export const listedProviders = (): readonly string[] => listSupportedBackends().map(({ name }) => name);

type Feeds = Readonly<Record<string, Tensor>>;

/** A loaded network: named tensors in, named tensors out. Runs block the event loop of its process. */
export class OnnxSession {
  readonly #session: InferenceSession;
  /** Where its profile is written. */
  #profileFolder: string | undefined;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Outputs that are tensors: a sequence or a map cannot be fetched, and asking for one fails the run. */
  readonly tensorOutputs: readonly string[];

  private constructor(session: InferenceSession, profileFolder: string | undefined) {
    this.#session = session;
    this.#profileFolder = profileFolder;
    this.inputs = session.inputMetadata.map(infoOf);
    this.outputs = session.outputMetadata.map(infoOf);
    this.tensorOutputs = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  }

  /** Throws what onnxruntime throws: its message holds the full path. */
  static async create(
    path: string,
    { modelBytes, intraOpThreads = defaultThreads, provider = 'cpu', isProfiled = false }: SessionOptions,
  ): Promise<OnnxSession> {
    const profileFolder = isProfiled ? await mkdtemp(join(tmpdir(), 'slipway-profile-')) : undefined;
    try {
      const session = await InferenceSession.create(path, {
        executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
        intraOpNumThreads: intraOpThreads,
        interOpNumThreads: 1,
        enableCpuMemArena: modelBytes <= arenaLimitBytes,
        logSeverityLevel: 4,
        ...(profileFolder ? { enableProfiling: true, profileFilePrefix: join(profileFolder, 'run') } : {}),
      });
      return new OnnxSession(session, profileFolder);
    } catch (thrown) {
      if (profileFolder) await rm(profileFolder, { recursive: true, force: true });
      throw thrown;
    }
  }

  /** Ends the profile that it was created with, and answers it as the runtime wrote it: JSON, or nothing. */
  async takeProfile(): Promise<string> {
    const folder = this.#profileFolder;
    if (!folder) return '';
    this.#profileFolder = undefined;
    try {
      this.#session.endProfiling();
      const [file] = await readdir(folder);
      return file === undefined ? '' : await readFile(join(folder, file), 'utf8');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs once; `outputs` empty asks for all tensors. Throws what onnxruntime throws, TENSOR_MISMATCH for unknown names, MODEL_GIVES_NO_TENSORS. */
  async run(feeds: Feeds, outputs: readonly string[]): Promise<Record<string, Tensor>> {
    const wanted = outputs.length === 0 ? this.tensorOutputs : outputs;
    if (wanted.length === 0) throw new AppError('MODEL_GIVES_NO_TENSORS');
    for (const name of wanted) {
      if (!this.tensorOutputs.includes(name)) throw mismatch(`The model has no output tensor "${name}"`);
    }
    const fed: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) fed[name] = toOrt(name, tensor);
    const results = await this.#session.run(fed, [...wanted]);
    const answered: Record<string, Tensor> = {};
    for (const name of wanted) {
      const result = results[name];
      if (result) answered[name] = { dtype: result.type, shape: [...result.dims], data: dataOf(result) };
    }
    return answered;
  }

  async close(): Promise<void> {
    await this.takeProfile();
    await this.#session.release();
  }
}

/** Half precision travels as its bits: newer runtimes than Node 20 have a type of array of their own for it. */
function dataOf({ type, data }: OrtTensor): Tensor['data'] {
  if (type === 'float16' && ArrayBuffer.isView(data) && !(data instanceof Uint16Array)) {
    const { buffer, byteOffset, byteLength } = data as ArrayBufferView;
    return new Uint16Array(buffer, byteOffset, byteLength / 2);
  }
  return data as Tensor['data'];
}

const infoOf = (metadata: InferenceSession.ValueMetadata): TensorInfo =>
  metadata.isTensor
    ? { name: metadata.name, dtype: metadata.type, shape: [...metadata.shape] }
    : { name: metadata.name, dtype: 'not a tensor', shape: [] };

function toOrt(name: string, { dtype, shape, data }: Tensor): OrtTensor {
  try {
    const Make = OrtTensor as unknown as new (
      type: string,
      data: unknown,
      dims: readonly number[],
    ) => OrtTensor;
    return new Make(dtype, data, shape);
  } catch (thrown) {
    throw mismatch(`Input "${name}": ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
  }
}

const mismatch = (detail: string, cause?: unknown): AppError =>
  new AppError('TENSOR_MISMATCH', {}, { detail, cause });
