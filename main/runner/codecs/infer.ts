import { AppError } from '../../../app/base/errors';
import type { Classification, ClassProbability, TensorInfo } from '../../../app/contract/inference';
import type { AnswerGist } from '../../../app/contract/routes';
import type { LookupAnswer, NearestInput, Neighbour } from '../table-answers';
import type { Tensor } from '../tensor';
import { numbersOfTensor } from '../tensor-numbers';
import { gistOf } from './answer-gist';
import type {
  Answer,
  Call,
  CallParams,
  CodecName,
  Example,
  ModelFace,
  PictureFailure,
  Rendered,
} from './codec';
import { codecs } from './codecs';
import { picturesOf, tensorsOfExamples } from './examples-to-tensors';
import { badRequest } from './request-errors';

/** What a servable can do, as a codec needs it. Every method throws `AppError`. */
export interface InferHost {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  predict(
    inputs: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<{
    readonly outputs: Readonly<Record<string, Tensor>>;
    readonly timingsMs: { readonly queue: number; readonly run: number };
  }>;
  classify(picture: Uint8Array, top: number): Promise<Omit<Classification, 'model' | 'version'>>;
  /** Of a table: the rows of these keys. */
  readonly lookup?: ((keys: readonly string[]) => Promise<LookupAnswer>) | undefined;
  /** Of a table: its rows that are most like another. */
  readonly nearest?: ((request: NearestInput) => Promise<readonly Neighbour[]>) | undefined;
  /** The classes that the rows of the model's class output stand for, the most probable first. */
  rank(
    outputs: Readonly<Record<string, Tensor>>,
    rowCount: number,
    /** All classes when it is left out. */
    top?: number,
  ): Promise<readonly (readonly ClassProbability[])[]>;
}

/** A request as it comes to a runner: a body nobody has read, and how to read it. */
export interface InferInput {
  readonly codec: CodecName;
  readonly body: Uint8Array;
  readonly params: CallParams;
  /** What clients call the servable. */
  readonly model: string;
  readonly version: number;
  /** Say in a few words what was answered as well. */
  readonly wantsGist?: boolean;
}

export interface InferOutput extends Rendered {
  /** Where it was asked for. */
  readonly gist?: AnswerGist | undefined;
  /** Milliseconds; `queue` and `run` are 0 where several runs were needed and their sums are not known. */
  readonly timingsMs: {
    readonly parse: number;
    readonly queue: number;
    readonly run: number;
    readonly render: number;
  };
  /** How many examples it was: the first dimension of the inputs, or the number of pictures. */
  readonly exampleCount: number;
}

/** The one signature that a model without signatures of its own has. Source: TensorFlow's `DEFAULT_SERVING_SIGNATURE_DEF_KEY`. */
export const defaultSignatureName = 'serving_default';

interface Answered {
  readonly answer: Answer;
  readonly queueMs: number;
  readonly runMs: number;
  readonly exampleCount: number;
}

/** Reads a request, has the servable answer it, and writes the answer in the request's wire format. Throws `AppError`. */
export async function infer(input: InferInput, host: InferHost): Promise<InferOutput> {
  const startedAt = performance.now();
  const face: ModelFace = {
    model: input.model,
    version: input.version,
    signatureName: defaultSignatureName,
    inputs: host.inputs,
    outputs: host.outputs,
  };
  const exchange = await codecs[input.codec](input.body, face, input.params);
  const parsedAt = performance.now();
  const { answer, queueMs, runMs, exampleCount } = await answerCall(exchange.call, host);
  const answeredAt = performance.now();
  const rendered = exchange.render(answer);
  const gist = input.wantsGist ? await gistOf(answer, exampleCount, host) : null;
  return {
    ...rendered,
    ...(gist ? { gist } : {}),
    timingsMs: {
      parse: parsedAt - startedAt,
      queue: queueMs,
      run: runMs,
      render: performance.now() - answeredAt,
    },
    exampleCount,
  };
}

function answerCall(call: Call, host: InferHost): Promise<Answered> {
  switch (call.kind) {
    case 'predict':
      return predict(call, host);
    case 'classify':
      return classify(call.examples, host);
    case 'regress':
      return regress(call.examples, host);
    case 'pictures':
      return classifyPictures(call.pictures, call.top, host);
    case 'lookup':
      return lookup(call.keys, host);
    case 'nearest':
      return nearest(call, host);
  }
}

async function lookup(keys: readonly string[], host: InferHost): Promise<Answered> {
  const { lookup: find = noTable } = host;
  return timed(keys.length, async () => ({ kind: 'lookup', ...(await find(keys)) }));
}

async function nearest({ to, count }: NearestInput, host: InferHost): Promise<Answered> {
  const { nearest: find = noTable } = host;
  return timed(1, async () => ({ kind: 'nearest', neighbours: await find({ to, count }) }));
}

function noTable(): never {
  throw new AppError('SERVABLE_WRONG_TYPE', {}, { detail: 'The model is no lookup table.' });
}

async function timed(exampleCount: number, ask: () => Promise<Answer>): Promise<Answered> {
  const startedAt = performance.now();
  const answer = await ask();
  return { answer, queueMs: 0, runMs: performance.now() - startedAt, exampleCount };
}

async function predict(call: Extract<Call, { kind: 'predict' }>, host: InferHost): Promise<Answered> {
  checkInputNames(Object.keys(call.inputs), host.inputs);
  checkOutputNames(call.outputs, host.outputs);
  const { outputs, timingsMs } = await host.predict(call.inputs, call.outputs);
  const exampleCount = Object.values(call.inputs)[0]?.shape[0] ?? 1;
  const labels = call.wantsLabels ? await labelsOf(outputs, host) : [];
  const answer: Answer = { kind: 'predict', outputs, labels };
  return { answer, queueMs: timingsMs.queue, runMs: timingsMs.run, exampleCount };
}

/** Source: TensorFlow Serving, servables/tensorflow/predict_util.h. */
function checkInputNames(sent: readonly string[], inputs: readonly TensorInfo[]): void {
  const extra = sent.filter((name) => !inputs.some((info) => info.name === name));
  const missing = inputs.filter(({ name }) => !sent.includes(name)).map(({ name }) => name);
  if (extra.length + missing.length === 0) return;
  throw badRequest(
    `input size does not match signature: ${sent.length}!=${inputs.length}. Sent extra: {${extra}}. Missing but required: {${missing}}.`,
  );
}

function checkOutputNames(wanted: readonly string[], outputs: readonly TensorInfo[]): void {
  const unknown = wanted.find((name) => !outputs.some((info) => info.name === name));
  if (unknown !== undefined) throw badRequest(`output tensor alias not found in signature: ${unknown}`);
  const twice = wanted.find((name, index) => wanted.indexOf(name) !== index);
  if (twice !== undefined) throw badRequest(`duplicate output tensor alias: ${twice}`);
}

/** By class index; empty when the model's numbers have no names. */
async function labelsOf(
  outputs: Readonly<Record<string, Tensor>>,
  host: InferHost,
): Promise<readonly string[]> {
  const rowCount = Object.values(outputs)[0]?.shape[0] ?? 1;
  try {
    const [first = []] = await host.rank(outputs, rowCount);
    const labels: string[] = [];
    for (const { index, label } of first) labels[index] = label;
    return labels;
  } catch (thrown) {
    // A model without named classes answers values and indices alone.
    if (thrown instanceof AppError) return [];
    throw thrown;
  }
}

async function classify(examples: readonly Example[], host: InferHost): Promise<Answered> {
  const takesText = host.inputs.some(({ dtype }) => dtype === 'string');
  const pictures = takesText ? null : picturesOf(examples);
  if (pictures) {
    const { answer, ...rest } = await classifyPictures(pictures, Number.MAX_SAFE_INTEGER, host);
    if (answer.kind !== 'pictures') throw new Error('Pictures were not answered as pictures');
    const classes = answer.results.map((result) => {
      if ('error' in result) throw badRequest(result.error);
      return result.classes.map(({ label, probability }) => ({ label, score: probability }));
    });
    return { ...rest, answer: { kind: 'classify', classes } };
  }
  const { outputs, timingsMs } = await host.predict(tensorsOfExamples(examples, host.inputs), []);
  const ranked = await host.rank(outputs, examples.length);
  const classes = ranked.map((row) => row.map(({ label, probability }) => ({ label, score: probability })));
  const answer: Answer = { kind: 'classify', classes };
  return { answer, queueMs: timingsMs.queue, runMs: timingsMs.run, exampleCount: examples.length };
}

/** Source: TensorFlow Serving, servables/tensorflow/regressor.cc: one output, a number for each example. */
async function regress(examples: readonly Example[], host: InferHost): Promise<Answered> {
  const { outputs, timingsMs } = await host.predict(tensorsOfExamples(examples, host.inputs), []);
  const output = outputs['outputs'] ?? Object.values(outputs)[0];
  const numbers = output && Object.keys(outputs).length === 1 ? numbersOfTensor(output) : null;
  if (!output || !numbers)
    throw badRequest('The model has no single numeric output, so it is no regression.');
  const isPerExample = numbers.length === examples.length && output.shape.length <= 2;
  if (!isPerExample)
    throw badRequest(
      `Expected one number for each of ${examples.length} examples, got shape [${output.shape}].`,
    );
  const answer: Answer = { kind: 'regress', values: Array.from(numbers, Number) };
  return { answer, queueMs: timingsMs.queue, runMs: timingsMs.run, exampleCount: examples.length };
}

async function classifyPictures(
  pictures: readonly Uint8Array[],
  top: number,
  host: InferHost,
): Promise<Answered> {
  const results = await Promise.all(
    pictures.map((picture) => classifyOne(picture, top, host, pictures.length > 1)),
  );
  let queueMs = 0;
  let runMs = 0;
  for (const result of results) {
    if ('error' in result) continue;
    queueMs = Math.max(queueMs, result.timingsMs.queue);
    runMs += result.timingsMs.run;
  }
  return { answer: { kind: 'pictures', results }, queueMs, runMs, exampleCount: pictures.length };
}

type PictureResult = Awaited<ReturnType<InferHost['classify']>> | PictureFailure;

/** Among several, a picture that cannot be read is an entry with an error; alone it fails the request. */
async function classifyOne(
  picture: Uint8Array,
  top: number,
  host: InferHost,
  isOneOfMany: boolean,
): Promise<PictureResult> {
  try {
    return await host.classify(picture, top);
  } catch (thrown) {
    if (isOneOfMany && thrown instanceof AppError && thrown.status === 'INVALID_ARGUMENT')
      return { error: thrown.message };
    throw thrown;
  }
}
