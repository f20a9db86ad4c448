import { z } from 'zod';
import type { Tensor } from '../tensor';
import type { ModelFace } from './codec';
import { DenseJsonReader } from './dense-json';
import { elementType } from './element-types';
import { JsonScanner } from './json-scanner';
import { tensorOfRaw, typeOfDatatype, type WantedOutput } from './oip-tensors';
import { checkedCount } from './packed-values';
import { badRequest } from './request-errors';
import { createTensorBuilder, type TensorBuilder } from './tensor-builder';
import { elementCount } from './tensor-json';

/** An inference request of the Open Inference Protocol over HTTP. */
export interface OipRequest {
  readonly id: string | null;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly WantedOutput[];
  /** Are outputs that do not say otherwise answered in binary? */
  readonly isBinary: boolean;
}

const shapeSchema = z.array(z.int().nonnegative()).max(254);
const inputParametersSchema = z.looseObject({ binary_data_size: z.int().nonnegative().optional() });
const requestParametersSchema = z.looseObject({ binary_data_output: z.boolean().optional() });
const outputsSchema = z.array(
  z.looseObject({
    name: z.string(),
    parameters: z
      .looseObject({ binary_data: z.boolean().optional(), classification: z.int().nonnegative().optional() })
      .optional(),
  }),
);

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (!result.success)
    throw badRequest(`${what}: ${result.error.issues[0]?.message ?? 'not as the protocol says'}`);
  return result.data;
}

/** Hands out the raw tensors behind the JSON part, in order. */
class RawTail {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number, input: string): Uint8Array {
    if (length > this.#bytes.length - this.#at)
      throw badRequest(`binary_data_size ${length} of input '${input}' goes beyond the request's body`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  finish(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw badRequest(`the request's body has ${left} bytes that belong to no input`);
  }
}

/**
 * Reads a request whose first `jsonLength` bytes are JSON and whose rest are raw tensors; null when all is JSON, 0 when all is the
 * one input. Source: Open Inference Protocol, and Triton's binary tensor data extension.
 */
export function parseOipJson(body: Uint8Array, jsonLength: number | null, face: ModelFace): OipRequest {
  if (jsonLength === 0) return parseRaw(body, face);
  if (jsonLength !== null && jsonLength > body.length)
    throw badRequest(
      `Inference-Header-Content-Length ${jsonLength} is larger than the request's body of ${body.length} bytes`,
    );
  const tail = new RawTail(body.subarray(jsonLength ?? body.length));
  const scanner = new JsonScanner(body.subarray(0, jsonLength ?? body.length));
  if (scanner.peekKind() !== 'Object') throw badRequest('the inference request is no JSON object');
  let id: string | null = null;
  let inputs: Record<string, Tensor> | null = null;
  let outputs: readonly WantedOutput[] = [];
  let isBinary = false;
  scanner.readObject((key) => {
    if (key === 'id') id = scanner.readString();
    else if (key === 'inputs') inputs = readInputs(scanner, tail);
    else if (key === 'outputs') outputs = readOutputs(scanner.readValue());
    else if (key === 'parameters')
      isBinary =
        checked(requestParametersSchema, scanner.readValue(), 'parameters').binary_data_output ?? false;
    else scanner.skipValue();
  });
  scanner.finish();
  if (!inputs) throw badRequest("the inference request has no 'inputs'");
  tail.finish();
  return { id, inputs, outputs, isBinary };
}

const readOutputs = (value: unknown): readonly WantedOutput[] =>
  checked(outputsSchema, value, 'outputs').map(({ name, parameters }) => ({
    name,
    classCount: parameters?.classification ?? 0,
    isBinary: parameters?.binary_data ?? null,
  }));

function readInputs(scanner: JsonScanner, tail: RawTail): Record<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  if (!scanner.tryOpenArray()) throw badRequest("'inputs' is no list");
  if (scanner.tryCloseArray()) return {};
  do {
    const { name, tensor } = readInput(scanner, tail);
    if (tensors.has(name)) throw badRequest(`input '${name}' is given twice`);
    tensors.set(name, tensor);
  } while (scanner.hasNextInArray());
  return Object.fromEntries(tensors);
}

function readInput(scanner: JsonScanner, tail: RawTail): { readonly name: string; readonly tensor: Tensor } {
  if (scanner.peekKind() !== 'Object') throw badRequest("an element of 'inputs' is no object");
  let name = '';
  let datatype = '';
  let shape: readonly number[] | null = null;
  let binarySize: number | null = null;
  let dataAt: number | null = null;
  let data: ReadData | null = null;
  scanner.readObject((key) => {
    if (key === 'name') name = scanner.readString();
    else if (key === 'datatype') datatype = scanner.readString();
    else if (key === 'shape') shape = checked(shapeSchema, scanner.readValue(), `shape of input '${name}'`);
    else if (key === 'parameters')
      binarySize =
        checked(inputParametersSchema, scanner.readValue(), `parameters of input '${name}'`)
          .binary_data_size ?? null;
    else if (key === 'data') {
      scanner.peekKind();
      dataAt = scanner.offset;
      // Clients send the datatype first; where one does not, the data is read once it is known.
      if (datatype !== '') data = readData(scanner, datatype, name);
      else scanner.skipValue();
    } else scanner.skipValue();
  });
  if (name === '') throw badRequest("an element of 'inputs' has no name");
  if (!shape) throw badRequest(`input '${name}' has no shape`);
  const type = typeOfDatatype(datatype, name);
  if (binarySize !== null) {
    if (dataAt !== null) throw badRequest(`input '${name}' has both data and binary_data_size`);
    return { name, tensor: tensorOfRaw(type, shape, tail.take(binarySize, name), name) };
  }
  if (dataAt === null) throw badRequest(`input '${name}' has no data`);
  const end = scanner.offset;
  scanner.rewind(dataAt);
  const { builder, count } = data ?? readData(scanner, datatype, name);
  scanner.rewind(end);
  const wanted = checkedCount(shape, type.array?.BYTES_PER_ELEMENT ?? 8);
  if (count !== wanted)
    throw badRequest(
      `input '${name}' has shape [${shape}], which is ${wanted} elements, but its data has ${count}`,
    );
  return { name, tensor: builder.build(shape) };
}

interface ReadData {
  readonly builder: TensorBuilder;
  readonly count: number;
}

/** Data is flat or nested, in row-major order. */
function readData(scanner: JsonScanner, datatype: string, input: string): ReadData {
  const builder = createTensorBuilder(typeOfDatatype(datatype, input).dtype, scanner.remaining);
  return { builder, count: elementCount(new DenseJsonReader().read(scanner, builder)) };
}

/** The whole body is the one input of the model, of batch size 1, and all is answered in binary. */
function parseRaw(body: Uint8Array, face: ModelFace): OipRequest {
  const [info] = face.inputs;
  if (!info || face.inputs.length > 1)
    throw badRequest('a raw binary request needs a model with exactly one input');
  const type = elementType(info.dtype);
  const shape = type.array
    ? rawShape(info.shape, body.length / type.array.BYTES_PER_ELEMENT, info.name)
    : [1];
  // A string input is one element without its length.
  const tensor: Tensor = type.array
    ? tensorOfRaw(type, shape, body, info.name)
    : { dtype: type.dtype, shape, data: [Buffer.from(body).toString('utf8')] };
  return { id: null, inputs: { [info.name]: tensor }, outputs: [], isBinary: true };
}

function rawShape(declared: readonly (number | string)[], count: number, name: string): readonly number[] {
  const shape = declared.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 1 : -1));
  const open = shape.filter((size) => size < 0).length;
  if (open > 1)
    throw badRequest(
      `input '${name}' has more than one variable dimension, which a raw binary request cannot give`,
    );
  const known = shape.reduce((product, size) => (size < 0 ? product : product * size), 1);
  return shape.map((size) => (size < 0 ? (known > 0 ? count / known : 0) : size));
}
