import type protobuf from 'protobufjs/minimal';
import type { Tensor } from '../tensor';
import type { Answer, CallParams, Example, Exchange, ModelFace, Rendered } from './codec';
import { readInput } from './example-proto';
import { badRequest, failedPrecondition, unimplemented } from './request-errors';
import { createWriter, readTensorProto, writeTensorProto } from './tensor-proto';
import { expectKind } from './tfs-json';
import { eachField, eachNestedField, type ProtoReader, readMapEntry, readMessage, wireTypes } from './wire';

const contentType = 'application/grpc';
const nested = (field: number): number => (field << 3) | wireTypes.bytes;

/** The messages of `tensorflow.serving.PredictionService`. Source: tensorflow_serving/apis/*.proto. */
export function openTfsProto(body: Uint8Array, face: ModelFace, params: CallParams): Exchange {
  switch (params.method) {
    case 'predict':
      return openPredict(body, face);
    case 'classify':
    case 'regress':
      return openExamples(body, face, params.method);
    case 'multiInference':
      return openMultiInference(body, face);
    case 'lookup':
    case 'nearest':
      throw unimplemented(`${params.method} is not part of the PredictionService.`);
  }
}

function openPredict(body: Uint8Array, face: ModelFace): Exchange {
  const inputs = new Map<string, Tensor>();
  const outputs: string[] = [];
  let signature = '';
  readMessage(body, 'PredictRequest', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (wireType !== wireTypes.bytes) return false;
      if (field === 1) signature = readSpec(reader).signature;
      else if (field === 2) {
        const { key, value } = readMapEntry(reader, () => readTensorProto(reader));
        if (!value) throw badRequest(`Input ${key} has no tensor.`);
        inputs.set(key, value);
      } else if (field === 3) outputs.push(reader.string());
      else return false;
      return true;
    }),
  );
  // Not there is FAILED_PRECONDITION for Predict alone, as in TensorFlow Serving.
  if (!isOwnSignature(signature, face))
    throw failedPrecondition(`Serving signature key "${signature}" not found.`);
  return {
    call: { kind: 'predict', inputs: Object.fromEntries(inputs), outputs, wantsLabels: false },
    render: (answer) => {
      const writer = createWriter();
      for (const [name, tensor] of Object.entries(expectKind(answer, 'predict').outputs)) {
        writer.uint32(nested(1)).fork();
        writer.uint32(nested(1)).string(name);
        writer.uint32(nested(2)).fork();
        writeTensorProto(writer, tensor);
        writer.ldelim().ldelim();
      }
      writeSpec(writer, 2, face);
      return finish(writer);
    },
  };
}

interface Spec {
  readonly name: string;
  readonly signature: string;
}

/** Reads the `ModelSpec` at the cursor. Its version has already brought the request here. */
function readSpec(reader: ProtoReader): Spec {
  let name = '';
  let signature = '';
  eachNestedField(reader, (field, wireType) => {
    if (wireType !== wireTypes.bytes) return false;
    if (field === 1) name = reader.string();
    else if (field === 3) signature = reader.string();
    else return false;
    return true;
  });
  return { name, signature };
}

const isOwnSignature = (signature: string, face: ModelFace): boolean =>
  signature === '' || signature === face.signatureName;

function openExamples(body: Uint8Array, face: ModelFace, kind: 'classify' | 'regress'): Exchange {
  let examples: readonly Example[] = [];
  let signature = '';
  readMessage(body, kind === 'classify' ? 'ClassificationRequest' : 'RegressionRequest', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (wireType !== wireTypes.bytes) return false;
      if (field === 1) signature = readSpec(reader).signature;
      else if (field === 2) examples = readInput(reader);
      else return false;
      return true;
    }),
  );
  if (!isOwnSignature(signature, face))
    throw badRequest(`No signature was found for the name "${signature}".`);
  if (examples.length === 0) throw badRequest('Input is empty.');
  return {
    call: { kind, examples },
    render: (answer) => {
      const writer = createWriter();
      writer.uint32(nested(1)).fork();
      writeResult(writer, answer);
      writer.ldelim();
      writeSpec(writer, 2, face);
      return finish(writer);
    },
  };
}

const resultKinds: Readonly<Record<string, 'classify' | 'regress'>> = {
  'tensorflow/serving/classify': 'classify',
  'tensorflow/serving/regress': 'regress',
};

function openMultiInference(body: Uint8Array, face: ModelFace): Exchange {
  const tasks: { readonly spec: Spec; readonly method: string }[] = [];
  let examples: readonly Example[] = [];
  readMessage(body, 'MultiInferenceRequest', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (wireType !== wireTypes.bytes) return false;
      if (field === 1) tasks.push(readTask(reader));
      else if (field === 2) examples = readInput(reader);
      else return false;
      return true;
    }),
  );
  const kind = checkTasks(tasks, face);
  if (examples.length === 0) throw badRequest('Input is empty.');
  return {
    call: { kind, examples },
    render: (answer) => {
      const writer = createWriter();
      writer.uint32(nested(1)).fork();
      writeSpec(writer, 1, face);
      writer.uint32(nested(kind === 'classify' ? 2 : 3)).fork();
      writeResult(writer, answer);
      writer.ldelim().ldelim();
      return finish(writer);
    },
  };
}

function readTask(reader: ProtoReader): { readonly spec: Spec; readonly method: string } {
  let spec: Spec = { name: '', signature: '' };
  let method = '';
  eachNestedField(reader, (field, wireType) => {
    if (wireType !== wireTypes.bytes) return false;
    if (field === 1) spec = readSpec(reader);
    else if (field === 2) method = reader.string();
    else return false;
    return true;
  });
  return { spec, method };
}

/** The one kind of result that is asked for: a version has one signature, and no signature may be asked twice. */
function checkTasks(
  tasks: readonly { readonly spec: Spec; readonly method: string }[],
  face: ModelFace,
): 'classify' | 'regress' {
  const [first] = tasks;
  if (!first) throw badRequest('MultiInference needs at least one task.');
  for (const { spec, method } of tasks) {
    if (spec.name === '') throw badRequest('Found ModelSpec with an empty model name.');
    if (spec.name !== first.spec.name)
      throw badRequest(
        `All ModelSpecs in a MultiInferenceRequest must access the same model name. Expected: ${first.spec.name} Actual: ${spec.name}`,
      );
    if (!isOwnSignature(spec.signature, face))
      throw badRequest(`No signature was found for the name "${spec.signature}".`);
    if (!resultKinds[method]) throw unimplemented(`Unsupported signature method_name: ${method}`);
  }
  if (tasks.length > 1) throw badRequest(`Duplicate evaluation of signature: ${face.signatureName}`);
  return resultKinds[first.method] ?? 'classify';
}

/** Writes a `ClassificationResult` or a `RegressionResult`, without a length in front. */
function writeResult(writer: protobuf.Writer, answer: Answer): void {
  if (answer.kind === 'regress') {
    for (const value of answer.values) {
      writer.uint32(nested(1)).fork();
      writer.uint32((1 << 3) | wireTypes.fixed32).float(value);
      writer.ldelim();
    }
    return;
  }
  for (const classes of expectKind(answer, 'classify').classes) {
    writer.uint32(nested(1)).fork();
    for (const { label, score } of classes) {
      writer.uint32(nested(1)).fork();
      writer.uint32(nested(1)).string(label);
      writer.uint32((2 << 3) | wireTypes.fixed32).float(score);
      writer.ldelim();
    }
    writer.ldelim();
  }
}

function writeSpec(writer: protobuf.Writer, field: number, face: ModelFace): void {
  writer.uint32(nested(field)).fork();
  writer.uint32(nested(1)).string(face.model);
  writer.uint32(nested(2)).fork();
  if (face.version !== 0) writer.uint32((1 << 3) | wireTypes.varint).int64(face.version);
  writer.ldelim();
  writer.uint32(nested(3)).string(face.signatureName);
  writer.ldelim();
}

const finish = (writer: protobuf.Writer): Rendered => ({ bytes: writer.finish(), contentType, headers: {} });
