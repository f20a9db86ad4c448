import { AppError, isCancelled } from '../../../app/base/errors';
import { concatRows, sliceRows } from '../batching/tensor-rows';
import type { ModelFace } from '../codecs/codec';
import type { RunnerDescription } from '../protocol';
import type { CallContext, RunnerModule } from '../runner-module';
import type { Tensor } from '../tensor';
import { fitPictures } from './fit-pictures';
import { fitRows } from './fit-tensor';
import type { Part } from './part-file';
import type { TensorBlock } from './tensor-blocks';
import type { TensorSource } from './tensor-source';

type Tensors = Readonly<Record<string, Tensor>>;

/** A loaded version that is asked about rows. */
export interface TensorModel {
  readonly version: number;
  readonly module: RunnerModule;
  readonly description: Pick<RunnerDescription, 'inputs' | 'outputs' | 'preprocessing'>;
}

export interface BlockQuestion {
  readonly source: TensorSource;
  readonly block: TensorBlock;
  /** Empty asks for all. */
  readonly outputs: readonly string[];
  readonly context: CallContext;
}

/** Asks about the rows of a block together; where that fails each by itself, so that one that cannot be answered harms no other. */
export async function answerBlock(
  model: TensorModel,
  question: BlockQuestion,
  only: number | null = null,
): Promise<readonly Part[]> {
  const { block } = question;
  const from = block.from + (only ?? 0);
  const rows = only === null ? block.rows : 1;
  try {
    const read = await question.source.read(block, only, faceOf(model));
    return [{ from, rows, outputs: await run(model, question, feedsOf(model, read), rows), error: null }];
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown;
    if (rows === 1) {
      const { code, message } = AppError.from(thrown);
      return [{ from, rows, outputs: {}, error: { code, detail: message } }];
    }
    const parts: Part[] = [];
    for (let row = 0; row < rows; row++) parts.push(...(await answerBlock(model, question, row)));
    return parts;
  }
}

/** Throws INVALID_ARGUMENT and TENSOR_MISMATCH when the rows of an array are not what the model takes, whatever their numbers. */
export async function checkRows(model: TensorModel, source: TensorSource): Promise<void> {
  const [first] = source.blocks;
  if (first && first.bytes === null) feedsOf(model, await source.read(first, 0, faceOf(model)));
}

const faceOf = ({ version, description: { inputs, outputs } }: TensorModel): ModelFace => ({
  model: '',
  version,
  signatureName: '',
  inputs,
  outputs,
});

interface Feeds {
  readonly tensors: Tensors;
  readonly isUnbatched: boolean;
  /** So many rows, and no other number, go in at a time; null when that is free. */
  readonly batch: number | null;
}

function feedsOf({ description: { inputs, preprocessing } }: TensorModel, read: Tensors): Feeds {
  let isUnbatched = false;
  const tensors: Record<string, Tensor> = {};
  for (const input of inputs) {
    const rows = read[input.name];
    if (!rows)
      throw new AppError(
        'TENSOR_MISMATCH',
        { input: input.name },
        { detail: `Input "${input.name}" is missing` },
      );
    const pictures = fitPictures(rows, input, preprocessing);
    const fitted = pictures ? { tensor: pictures, isUnbatched: false } : fitRows(rows, input);
    tensors[input.name] = fitted.tensor;
    isUnbatched ||= fitted.isUnbatched;
  }
  const [batch] = inputs[0]?.shape ?? [];
  return { tensors, isUnbatched, batch: isUnbatched ? 1 : typeof batch === 'number' ? batch : null };
}

async function run(
  { module }: TensorModel,
  { outputs, context }: BlockQuestion,
  { tensors, isUnbatched, batch }: Feeds,
  rows: number,
): Promise<Tensors> {
  const { predict } = module;
  if (!predict) throw new AppError('SERVABLE_WRONG_TYPE');
  const atOnce = batch ?? rows;
  const answers: Tensors[] = [];
  for (let from = 0; from < rows; from += atOnce) {
    const count = Math.min(atOnce, rows - from);
    const inputs = mapped(tensors, (tensor) => {
      const part = count === rows ? tensor : sliceRows(tensor, from, from + count);
      return isUnbatched ? { ...part, shape: part.shape.slice(1) } : filledUp(part, atOnce);
    });
    const answer = await predict({ inputs, outputs }, context);
    answers.push(mapped(answer.outputs, (tensor, name) => rowsOf(tensor, name, count, atOnce, isUnbatched)));
  }
  const [first = {}] = answers;
  return mapped(first, (_, name) =>
    concatRows(answers.map((it) => it[name]).filter((it) => it !== undefined)),
  );
}

/** The last row again and again, until there are as many as the model takes. */
function filledUp(tensor: Tensor, count: number): Tensor {
  const have = tensor.shape[0] ?? 0;
  if (have === count) return tensor;
  const last = sliceRows(tensor, have - 1, have);
  return concatRows([tensor, ...Array.from({ length: count - have }, () => last)]);
}

function rowsOf(tensor: Tensor, name: string, count: number, fed: number, isUnbatched: boolean): Tensor {
  const { shape } = tensor;
  if (isUnbatched || (fed === 1 && shape[0] !== 1)) return { ...tensor, shape: [1, ...shape] };
  if (shape[0] === fed) return count === fed ? tensor : sliceRows(tensor, 0, count);
  throw new AppError('FAILED_PRECONDITION', {}, { detail: `The output "${name}" has no row for each row` });
}

const mapped = (tensors: Tensors, change: (tensor: Tensor, name: string) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]));
