import type { TensorInfo } from '../../../app/contract/inference';
import type { Tensor } from '../tensor';
import type { ModelFace } from './codec';
import { DenseJsonReader } from './dense-json';
import { JsonScanner } from './json-scanner';
import { badRequest, prefixed } from './request-errors';
import { createTensorBuilder, type TensorBuilder } from './tensor-builder';

type Tensors = Record<string, Tensor>;

/** A predict request of TensorFlow Serving's REST API; `row` requests are answered with `predictions`, others with `outputs`. */
export interface PredictJson {
  readonly inputs: Readonly<Tensors>;
  readonly layout: 'row' | 'columnar';
}

/** Source: TensorFlow Serving, util/json_tensor.h, `FillPredictRequestFromJson`. What follows the JSON value is ignored, as there. */
export function parsePredictJson(body: Uint8Array, face: ModelFace): PredictJson {
  const scanner = new JsonScanner(body);
  openTopLevel(scanner);
  let signatureName = '';
  let rows: Tensors | null = null;
  let columns: Tensors | null = null;
  scanner.readObject((key) => {
    if (key === 'signature_name') signatureName = readSignatureName(scanner);
    else if ((key === 'instances' || key === 'inputs') && (rows || columns))
      throw badRequest(
        "Request is not formatted correctly, expecting only one of 'inputs' or 'instances' keys to exist",
      );
    else if (key === 'instances') rows = readRows(scanner, face.inputs);
    else if (key === 'inputs') columns = readColumns(scanner, face.inputs);
    else scanner.skipValue();
  });
  checkSignatureName(signatureName, face);
  if (rows) return { inputs: rows, layout: 'row' };
  if (columns) return { inputs: columns, layout: 'columnar' };
  throw badRequest("Missing 'inputs' or 'instances' key");
}

/** Throws INVALID_ARGUMENT when the text is no JSON object. */
export function openTopLevel(scanner: JsonScanner): void {
  if (scanner.peekKind() === 'Object') return;
  const start = scanner.offset;
  scanner.skipValue();
  scanner.rewind(start);
  throw badRequest(`JSON Value: ${scanner.show()} Is not object`);
}

export function readSignatureName(scanner: JsonScanner): string {
  if (scanner.peekKind() !== 'String')
    throw badRequest(
      `JSON Value: ${scanner.show()} not formatted correctly. 'signature_name' key must be a string value.`,
    );
  return scanner.readString();
}

/** An empty name asks for the default. */
export function checkSignatureName(name: string, face: ModelFace): void {
  if (name !== '' && name !== face.signatureName)
    throw badRequest(`Serving signature key "${name}" not found.`);
}

/** Does an object with named tensors start here, rather than a value, a list, or a base64 string in its object? */
function isNamedObject(scanner: JsonScanner, inputs: readonly TensorInfo[]): boolean {
  if (scanner.peekKind() !== 'Object') return false;
  const only = inputs.length === 1 ? inputs[0] : undefined;
  if (only?.dtype !== 'string' || only.name === 'b64') return true;
  const start = scanner.offset;
  const keys: string[] = [];
  scanner.readObject((key) => {
    keys.push(key);
    scanner.skipValue();
  });
  scanner.rewind(start);
  return keys.length !== 1 || keys[0] !== 'b64';
}

function readRows(scanner: JsonScanner, inputs: readonly TensorInfo[]): Tensors {
  const start = scanner.offset;
  if (!scanner.tryOpenArray()) throw badRequest("Expecting 'instances' to be a list/array");
  if (scanner.tryCloseArray()) throw badRequest("No values in 'instances' array");
  if (isNamedObject(scanner, inputs)) return readNamedRows(scanner, inputs);
  scanner.rewind(start);
  const reader = new DenseJsonReader();
  try {
    return readOnlyInput(scanner, inputs, 'instances', reader);
  } catch (thrown) {
    throw prefixed(thrown, `Failed to process element: ${reader.index} of 'instances' list.`);
  }
}

function readOnlyInput(
  scanner: JsonScanner,
  inputs: readonly TensorInfo[],
  key: string,
  reader: DenseJsonReader,
): Tensors {
  const [info] = inputs;
  if (!info || inputs.length > 1)
    throw badRequest(
      `${key} is a plain value or list, but the model needs the named inputs ${namesOf(inputs)}`,
    );
  const builder = createTensorBuilder(info.dtype, scanner.remaining);
  const shape = reader.read(scanner, builder);
  return { [info.name]: builder.build(shape) };
}

class StackedInput {
  readonly #builder: TensorBuilder;
  readonly #reader = new DenseJsonReader();
  #shape: readonly number[] | null = null;

  constructor(info: TensorInfo, remainingBytes: number) {
    this.#builder = createTensorBuilder(info.dtype, remainingBytes);
  }

  /** Reads one row; all rows have the shape of the first. */
  add(scanner: JsonScanner): void {
    const shape = this.#reader.read(scanner, this.#builder);
    const expected = this.#shape ?? shape;
    this.#shape = expected;
    if (shape.length !== expected.length || shape.some((size, level) => size !== expected[level]))
      throw badRequest(`Expecting shape [${expected}] but got: [${shape}]`);
  }

  build(rowCount: number): Tensor {
    return this.#builder.build([rowCount, ...(this.#shape ?? [])]);
  }
}

function readNamedRows(scanner: JsonScanner, inputs: readonly TensorInfo[]): Tensors {
  const stacks = new Map<string, StackedInput>();
  let row = 0;
  do {
    if (!isNamedObject(scanner, inputs))
      throw badRequest(`Expecting object but got value or list at item ${row} of input list`);
    const seen = new Set<string>();
    scanner.readObject((key) => {
      try {
        addToStack(key, seen);
      } catch (thrown) {
        throw prefixed(thrown, `Failed to process element: ${row} key: ${key} of 'instances' list.`);
      }
    });
    if (seen.size !== inputs.length)
      throw badRequest(
        `Failed to process element: ${row} of 'instances' list. JSON object with keys ${[...seen].join(',')}: keys must be equal to: ${namesOf(inputs)}`,
      );
    row++;
  } while (scanner.hasNextInArray());

  function addToStack(key: string, seen: Set<string>): void {
    const info = inputs.find(({ name }) => name === key);
    if (!info)
      throw badRequest(
        `JSON object: does not have named input: ${key}; keys must be equal to: ${namesOf(inputs)}`,
      );
    if (seen.has(key)) throw badRequest(`JSON object: names input ${key} twice`);
    seen.add(key);
    const stack = stacks.get(key) ?? new StackedInput(info, scanner.remaining);
    stacks.set(key, stack);
    stack.add(scanner);
  }
  return Object.fromEntries([...stacks].map(([name, stack]) => [name, stack.build(row)]));
}

function readColumns(scanner: JsonScanner, inputs: readonly TensorInfo[]): Tensors {
  const reader = new DenseJsonReader();
  if (!isNamedObject(scanner, inputs)) return readOnlyInput(scanner, inputs, 'inputs', reader);
  const tensors = new Map<string, Tensor>();
  scanner.readObject((key) => {
    const info = inputs.find(({ name }) => name === key);
    if (!info || tensors.has(key)) return scanner.skipValue();
    const builder = createTensorBuilder(info.dtype, scanner.remaining);
    tensors.set(key, builder.build(reader.read(scanner, builder)));
  });
  const missing = inputs.filter(({ name }) => !tensors.has(name));
  if (missing.length > 0) throw badRequest(`Missing named input: ${namesOf(missing)} in 'inputs' object.`);
  return Object.fromEntries(tensors);
}

const namesOf = (inputs: readonly TensorInfo[]): string =>
  inputs
    .map(({ name }) => name)
    .sort()
    .join(',');
