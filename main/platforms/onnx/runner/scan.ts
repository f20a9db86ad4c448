import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { AppError } from '../../../../app/base/errors';
import { isLfsPointer, isLfsPointerFile, lfsPointer } from '../../../runner/lfs-pointer';
import { foreignFormat } from './foreign-format';
import type { Graph, GraphNode, OnnxFile } from './onnx-file';
import { readOnnxFile } from './onnx-file';
import type { TensorSummary } from './onnx-tensor';
import { FileSource, ProtoError } from './proto-reader';
import { byteSize } from './tensor-types';

/** A model file found fit to be handed to native code. */
export interface ScannedModel {
  readonly path: string;
  readonly file: OnnxFile;
  /** Of the model file and the files its weights are in. */
  readonly bytes: number;
}

/** The newest operator set and file version that onnxruntime 1.30 knows: it refuses later ones, as tried. */
export const newestOpset = 26;
export const newestIrVersion = 13;

/** Operator domains that onnxruntime brings along. */
const knownDomains: ReadonlySet<string> = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.nchwc',
  'com.microsoft.experimental',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
]);

/**
 * Looks through a model file before onnxruntime sees it: by our own reading, with limits, without loading weights. Throws an
 * `AppError` of its own code for each way in which a file is not fit, with no path in it.
 */
export function scanModel(path: string): ScannedModel {
  const source = openSource(path);
  try {
    if (source.size === 0) throw new AppError('MODEL_FILE_EMPTY');
    const head = source.read(0, Math.min(512, source.size)).slice();
    if (isLfsPointer(head)) throw lfsPointer(basename(path));
    const format = foreignFormat(head);
    if (format) throw notOnnx(`The file is ${format}`, format);
    const file = readStructure(source);
    if (!file.graph) throw notOnnx('The file holds no graph');
    checkOpsets(file);
    checkOperators(file, file.graph);
    const bytes = source.size + checkTensors(file.tensors, path);
    return { path, file, bytes };
  } finally {
    source.close();
  }
}

function openSource(path: string): FileSource {
  try {
    if (statSync(path).isFile()) return new FileSource(path);
    throw new AppError('MODEL_FILE_UNREADABLE', {}, { detail: 'The model is no file' });
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') throw new AppError('MODEL_FILE_MISSING', {}, { cause: thrown });
    throw new AppError(
      'MODEL_FILE_UNREADABLE',
      {},
      { detail: `The model file cannot be opened: ${code}`, cause: thrown },
    );
  }
}

function readStructure(source: FileSource): OnnxFile {
  try {
    return readOnnxFile(source);
  } catch (thrown) {
    if (!(thrown instanceof ProtoError)) throw thrown;
    if (thrown.kind === 'truncated') {
      throw new AppError('MODEL_FILE_TRUNCATED', {}, { detail: thrown.message, cause: thrown });
    }
    if (thrown.kind === 'limit')
      throw new AppError('MODEL_FILE_TOO_INTRICATE', {}, { detail: thrown.message, cause: thrown });
    throw damaged(thrown.message, thrown);
  }
}

const notOnnx = (detail: string, format = ''): AppError =>
  new AppError('MODEL_FILE_NOT_ONNX', format ? { format } : {}, { detail });
const damaged = (detail: string, cause?: unknown): AppError =>
  new AppError('MODEL_FILE_DAMAGED', {}, { detail, cause });

function checkOpsets({ opsets, irVersion }: OnnxFile): void {
  if (opsets.length === 0) throw damaged('The file does not say of which operator set it is');
  const opset = opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (opset > newestOpset) throw tooNew('opset', opset, newestOpset);
  if (irVersion !== null && irVersion > newestIrVersion)
    throw tooNew('IR version', irVersion, newestIrVersion);
}

const tooNew = (what: string, found: number, newest: number): AppError =>
  new AppError(
    'MODEL_OPSET_UNSUPPORTED',
    { what, found: String(found), newest: String(newest) },
    { detail: `The model is of ${what} ${found}; the newest that is known is ${newest}` },
  );

/** Every node of a graph, with those of the graphs inside its nodes. */
function* allNodes(nodes: readonly GraphNode[]): Generator<GraphNode> {
  for (const node of nodes) {
    yield node;
    for (const inner of node.subgraphs) yield* allNodes(inner.nodes);
  }
}

function checkOperators(file: OnnxFile, graph: Graph): void {
  const unknown = new Set<string>();
  const localDomains = new Set([...file.functions].map((id) => id.slice(0, id.lastIndexOf(':'))));
  for (const { domain, opType } of allNodes([...graph.nodes, ...file.functionNodes])) {
    const isKnown =
      knownDomains.has(domain) || (localDomains.has(domain) && file.functions.has(`${domain}:${opType}`));
    if (!isKnown) unknown.add(`${domain}.${opType}`);
  }
  if (unknown.size === 0) return;
  const some = [...unknown].slice(0, 5).join(', ');
  const operators = unknown.size > 5 ? `${some}, …` : some;
  throw new AppError(
    'MODEL_CUSTOM_OPERATORS',
    { operators },
    { detail: `Operators that are not known: ${operators}` },
  );
}

/** Checks shapes and sizes, and that weights kept in other files are there. Returns the size of those files. */
function checkTensors(tensors: readonly TensorSummary[], modelPath: string): number {
  const sizes = new Map<string, number>();
  for (const tensor of tensors) {
    const bytes = tensorBytes(tensor);
    if (tensor.external) checkExternal(tensor, bytes, modelPath, sizes);
    else if (tensor.rawBytes !== null && bytes !== undefined && tensor.rawBytes !== bytes) {
      throw damaged(`Tensor "${tensor.name}" should have ${bytes} bytes and has ${tensor.rawBytes}`);
    }
  }
  let total = 0;
  for (const size of sizes.values()) total += size;
  return total;
}

/** Undefined for types without a whole number of bytes an element. */
function tensorBytes({ name, dims, dtype }: TensorSummary): number | undefined {
  const count = dims.reduce((product, dimension) => product * dimension, 1);
  if (dims.some((dimension) => dimension < 0) || !Number.isSafeInteger(count)) {
    throw damaged(`Tensor "${name}" has the shape [${dims.join(', ')}]`);
  }
  const size = byteSize(dtype);
  return size === undefined ? undefined : count * size;
}

function checkExternal(
  { name, external }: TensorSummary,
  bytes: number | undefined,
  modelPath: string,
  sizes: Map<string, number>,
): void {
  if (!external) return;
  const { location, offset, length } = external;
  let size = sizes.get(location);
  if (size === undefined) {
    size = externalSize(location, modelPath);
    sizes.set(location, size);
  }
  const wanted = length ?? bytes ?? 0;
  const isWhole = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(wanted) && wanted >= 0;
  if (!isWhole || (length !== null && bytes !== undefined && length !== bytes)) {
    throw damaged(`Tensor "${name}" has no usable place in its data file`);
  }
  if (offset + wanted > size) {
    throw new AppError(
      'MODEL_FILE_TRUNCATED',
      { file: basename(location) },
      {
        detail: `The data file ${location} ends before tensor "${name}" does`,
      },
    );
  }
}

function externalSize(location: string, modelPath: string): number {
  const folder = dirname(modelPath);
  const path = resolve(folder, location);
  if (location === '' || isAbsolute(location) || /^[A-Za-z]:/.test(location) || !isInside(folder, path)) {
    throw leaves(location);
  }
  if (!isFile(path)) {
    throw new AppError(
      'MODEL_EXTERNAL_DATA_MISSING',
      { file: location },
      { detail: `The data file ${location} is missing` },
    );
  }
  if (!isInside(realpathSync(folder), realpathSync(path))) throw leaves(location);
  if (isLfsPointerFile(path)) throw lfsPointer(basename(location));
  return statSync(path).size;
}

/** Not so for a name that no file can have, such as one with a null byte or of 300 letters. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const leaves = (location: string): AppError =>
  new AppError(
    'MODEL_EXTERNAL_DATA_LEAVES_FOLDER',
    { file: basename(location) },
    {
      detail: 'The model keeps weights in a file outside of its folder',
    },
  );

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
