import type { Example, Feature, ModelFace } from './codec';
import { JsonScanner } from './json-scanner';
import { badRequest } from './request-errors';
import { readBase64Object } from './tensor-builder';
import { checkSignatureName, openTopLevel, readSignatureName } from './tfs-predict-json';

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);

/** The examples of a classify or regress request, each with the context's features where it has none of that name.
 *  Source: TensorFlow Serving, util/json_tensor.h, `FillClassificationRequestFromJson`. */
export function parseExamplesJson(body: Uint8Array, face: ModelFace): readonly Example[] {
  const scanner = new JsonScanner(body);
  openTopLevel(scanner);
  let signatureName = '';
  let context: Example | null = null;
  let examples: readonly Example[] | null = null;
  scanner.readObject((key) => {
    if (key === 'signature_name') signatureName = readSignatureName(scanner);
    else if (key === 'context') context = readExample(scanner);
    else if (key === 'examples') examples = readExamples(scanner);
    else scanner.skipValue();
  });
  checkSignatureName(signatureName, face);
  if (!examples) throw badRequest("Key 'examples' is expected and was not found");
  return withContext(examples, context);
}

/** Each example with the context's features; its own win. */
export function withContext(examples: readonly Example[], context: Example | null): readonly Example[] {
  return context ? examples.map((example) => new Map([...context, ...example])) : examples;
}

function readExamples(scanner: JsonScanner): readonly Example[] {
  if (!scanner.tryOpenArray()) throw badRequest("Expecting 'examples' value to be a list/array");
  if (scanner.tryCloseArray()) throw badRequest("'examples' value is an empty array");
  const examples: Example[] = [];
  do examples.push(readExample(scanner));
  while (scanner.hasNextInArray());
  return examples;
}

function readExample(scanner: JsonScanner): Example {
  const kind = scanner.peekKind();
  if (kind !== 'Object') throw badRequest(`Example must be JSON object but got JSON ${kind}`);
  const features = new Map<string, Feature>();
  scanner.readObject((name) => features.set(name, readFeature(scanner, name)));
  return features;
}

interface Collected {
  readonly bytes: Uint8Array[];
  readonly float: number[];
  readonly int64: bigint[];
}

function readFeature(scanner: JsonScanner, name: string): Feature {
  const collected: Collected = { bytes: [], float: [], int64: [] };
  let kind: Feature['kind'] | null = null;
  const readValue = (): void => {
    const found = readFeatureValue(scanner, name, collected);
    if (kind !== null && kind !== found)
      throw badRequest(`Unexpected element type in feature: ${name} expecting type: ${kind}`);
    kind = found;
  };
  if (!scanner.tryOpenArray()) readValue();
  else if (!scanner.tryCloseArray()) {
    do readValue();
    while (scanner.hasNextInArray());
  }
  if (kind === 'bytes') return { kind, values: collected.bytes };
  if (kind === 'int64') return { kind, values: collected.int64 };
  return { kind: 'float', values: collected.float };
}

function readFeatureValue(scanner: JsonScanner, name: string, into: Collected): Feature['kind'] {
  const kind = scanner.peekKind();
  switch (kind) {
    case 'True':
    case 'False':
      into.int64.push(scanner.readBoolean() ? 1n : 0n);
      return 'int64';
    case 'String':
      into.bytes.push(Buffer.from(scanner.readString()));
      return 'bytes';
    case 'Object':
      into.bytes.push(readBase64Object(scanner));
      return 'bytes';
    case 'Number':
      return readFeatureNumber(scanner, name, into);
    case 'Array':
    case 'Null':
      throw badRequest(`Feature: ${name} has element with unexpected JSON type: ${kind}`);
  }
}

function readFeatureNumber(scanner: JsonScanner, name: string, into: Collected): Feature['kind'] {
  const start = scanner.offset;
  const value = scanner.readNumber(false);
  if (!scanner.isIntegerToken) {
    into.float.push(value);
    return 'float';
  }
  scanner.rewind(start);
  const integer = scanner.tryReadInteger();
  if (integer === null || integer > maxInt64 || integer < minInt64)
    throw badRequest(`Feature: ${name} has an integer beyond 64 bits. Only int64 is supported.`);
  into.int64.push(integer);
  return 'int64';
}
