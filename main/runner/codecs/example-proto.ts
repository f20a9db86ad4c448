import type { Example, Feature } from './codec';
import { elementType } from './element-types';
import { joined, numbersOfBytes, numbersOfVarints } from './packed-values';
import { badRequest } from './request-errors';
import { withContext } from './tfs-examples-json';
import { eachNestedField, type ProtoReader, readElements, readMapEntry, wireTypes } from './wire';

const featureKinds = ['bytes', 'float', 'int64'] as const;

/** Reads the `tensorflow.serving.Input` at the cursor. Throws INVALID_ARGUMENT when it holds no examples. */
export function readInput(reader: ProtoReader): readonly Example[] {
  let examples: Example[] = [];
  let context: Example | null = null;
  eachNestedField(reader, (kind, kindType) => {
    if (kindType !== wireTypes.bytes || kind > 2) return false;
    examples = [];
    context = null;
    eachNestedField(reader, (field, wireType) => {
      if (wireType !== wireTypes.bytes) return false;
      if (field === 1) examples.push(readExample(reader));
      else if (field === 2 && kind === 2) context = readExample(reader);
      else return false;
      return true;
    });
    return true;
  });
  if (examples.length === 0) throw badRequest('Input is empty.');
  return withContext(examples, context);
}

function readExample(reader: ProtoReader): Example {
  const example = new Map<string, Feature>();
  eachNestedField(reader, (field, wireType) => {
    if (field !== 1 || wireType !== wireTypes.bytes) return false;
    eachNestedField(reader, (part, partType) => {
      if (part !== 1 || partType !== wireTypes.bytes) return false;
      const { key, value } = readMapEntry(reader, () => readFeature(reader));
      example.set(key, value ?? { kind: 'float', values: [] });
      return true;
    });
    return true;
  });
  return example;
}

function readFeature(reader: ProtoReader): Feature {
  let kind: Feature['kind'] = 'float';
  const chunks: Uint8Array[] = [];
  eachNestedField(reader, (field, wireType) => {
    const found = featureKinds[field - 1];
    if (!found || wireType !== wireTypes.bytes) return false;
    if (found !== kind) chunks.length = 0;
    kind = found;
    eachNestedField(reader, (part, partType) => {
      if (part !== 1) return false;
      chunks.push(readElements(reader, partType));
      return true;
    });
    return true;
  });
  return featureOf(kind, chunks);
}

function featureOf(kind: Feature['kind'], chunks: readonly Uint8Array[]): Feature {
  if (kind === 'bytes') return { kind, values: chunks };
  const bytes = joined(chunks);
  if (kind === 'float') {
    const values = numbersOfBytes(elementType('float32'), bytes);
    return { kind, values: values instanceof Float32Array ? values : [] };
  }
  const values = numbersOfVarints(elementType('int64'), bytes);
  return { kind, values: values instanceof BigInt64Array ? Array.from(values) : [] };
}
