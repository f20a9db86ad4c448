import type { VersionChoice } from '../../engine-api';
import { badRequest } from '../../runner/codecs/request-errors';
import {
  eachField,
  eachNestedField,
  type ProtoReader,
  readMessage,
  readSafeInteger,
  wireTypes,
} from '../../runner/codecs/wire';

/** Which servable a request is for, read without reading the rest of it. */
export interface Target {
  readonly model: string;
  readonly version: VersionChoice;
}

/** The `model_spec` (field 1) of any request of `tensorflow.serving`. Throws INVALID_ARGUMENT when it or its name is missing. */
export function readModelSpec(body: Uint8Array): Target {
  let target: Target | null = null;
  readMessage(body, 'The request', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (field !== 1 || wireType !== wireTypes.bytes) return false;
      target = readSpec(reader);
      return true;
    }),
  );
  return checked(target);
}

/** The model of the first task of a `MultiInferenceRequest`. */
export function readFirstTask(body: Uint8Array): Target {
  let target: Target | null = null;
  readMessage(body, 'The request', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (field !== 1 || wireType !== wireTypes.bytes || target) return false;
      eachNestedField(reader, (part, partType) => {
        if (part !== 1 || partType !== wireTypes.bytes) return false;
        target = readSpec(reader);
        return true;
      });
      return true;
    }),
  );
  return checked(target);
}

function checked(target: Target | null): Target {
  if (!target) throw badRequest('Missing ModelSpec');
  if (target.model === '') throw badRequest('ModelSpec has no name specified.');
  return target;
}

function readSpec(reader: ProtoReader): Target {
  let model = '';
  let version: VersionChoice = 'latest';
  eachNestedField(reader, (field, wireType) => {
    if (wireType !== wireTypes.bytes) return false;
    if (field === 1) model = reader.string();
    else if (field === 2) version = { version: readInt64Value(reader) };
    else if (field === 4) version = { label: reader.string() };
    else return false;
    return true;
  });
  return { model, version };
}

function readInt64Value(reader: ProtoReader): number {
  let value = 0;
  eachNestedField(reader, (field, wireType) => {
    if (field !== 1 || wireType !== wireTypes.varint) return false;
    value = readSafeInteger(reader);
    return true;
  });
  return value;
}

/** `model_name` and `model_version` (fields 1 and 2) of a `ModelInferRequest`; the version empty when it leaves it open. */
export function readInferTarget(body: Uint8Array): { readonly model: string; readonly version: string } {
  let model = '';
  let version = '';
  readMessage(body, 'ModelInferRequest', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (wireType !== wireTypes.bytes || field > 2) return false;
      if (field === 1) model = reader.string();
      else version = reader.string();
      return true;
    }),
  );
  return { model, version };
}
