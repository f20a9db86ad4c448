import { setImmediate } from 'node:timers/promises';
import type { CallParams, CodecName } from '../runner/codecs/codec';
import {
  eachField,
  eachNestedField,
  type ProtoReader,
  readMapEntry,
  readMessage,
  wireTypes,
} from '../runner/codecs/wire';
import { MemberScan } from './member-scan';

/** What a body says of its request beside the tensors, as texts. */
export interface BodyAttributes {
  /** The members of the object `context` of a JSON body. */
  readonly context: Readonly<Record<string, string>>;
  /** The parameters of a request of the Open Inference Protocol. */
  readonly parameters: Readonly<Record<string, string>>;
}

export const noBodyAttributes: BodyAttributes = { context: {}, parameters: {} };

/** Walked over at a time, in well under a millisecond: then others have their turn. */
const stepBytes = 256 * 1024;
/** What has not come within so many bytes of JSON is not looked for any further. */
const maxScannedBytes = 16 * 2 ** 20;
/** Longer ones are passed over, and so is what is beyond so many. */
const maxMembers = 64;
const maxTextLength = 256;
const maxObjectLength = 64 * 1024;

/**
 * Finds what routes look at, and skips everything else: no tensor is read, and a long body holds nobody up. What is no body of its codec
 * has none; whoever answers says what is wrong with it. See docs/decisions/0009-attributes-in-bodies.md.
 */
export async function readBodyAttributes(
  codec: CodecName,
  body: Uint8Array,
  { jsonLength = null }: Pick<CallParams, 'jsonLength'>,
  needs: { readonly context: boolean; readonly parameters: boolean },
): Promise<BodyAttributes> {
  const isJson = codec === 'tfs-json' || codec === 'oip-json';
  if (isJson) {
    const wanted = [...(needs.context ? ['context'] : []), ...(needs.parameters ? ['parameters'] : [])];
    return ofJson(body.subarray(0, codec === 'oip-json' ? (jsonLength ?? body.length) : body.length), wanted);
  }
  if (codec !== 'oip-proto' || !needs.parameters) return noBodyAttributes;
  try {
    return { ...noBodyAttributes, parameters: ofInferRequest(body) };
  } catch {
    return noBodyAttributes; // its codec cannot read it either, and tells the client
  }
}

async function ofJson(text: Uint8Array, wanted: readonly string[]): Promise<BodyAttributes> {
  const scan = new MemberScan(text.subarray(0, maxScannedBytes), wanted);
  while (!scan.step(stepBytes)) await setImmediate();
  return {
    context: textsOf(scan.found.get('context')),
    parameters: textsOf(scan.found.get('parameters')),
  };
}

/** Texts as they are, numbers and booleans as JSON writes them, and nothing that has parts. */
function textsOf(json: string | undefined): Record<string, string> {
  const texts: Record<string, string> = {};
  if (json === undefined || json.length > maxObjectLength) return texts;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return texts; // no JSON, which is for the codec to say
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return texts;
  for (const [name, member] of Object.entries(value).slice(0, maxMembers)) {
    if (typeof member === 'string') add(texts, name, member);
    else if (typeof member === 'number' || typeof member === 'boolean') add(texts, name, String(member));
  }
  return texts;
}

/** Source: `ModelInferRequest.parameters` (field 4), a map to `InferParameter`. Raw tensors are passed over in one step each. */
function ofInferRequest(body: Uint8Array): Record<string, string> {
  const texts: Record<string, string> = {};
  let count = 0;
  readMessage(body, 'ModelInferRequest', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (field !== 4 || wireType !== wireTypes.bytes || count >= maxMembers) return false;
      count++;
      const { key, value } = readMapEntry(reader, () => readParameter(reader));
      if (value !== undefined) add(texts, key, value);
      return true;
    }),
  );
  return texts;
}

/** Source: `InferParameter`: bool 1, int64 2, string 3, double 4, uint64 5. */
function readParameter(reader: ProtoReader): string | undefined {
  let text: string | undefined;
  eachNestedField(reader, (field, wireType) => {
    if (field === 1 && wireType === wireTypes.varint) text = String(reader.bool());
    else if (field === 2 && wireType === wireTypes.varint) text = String(reader.int64());
    else if (field === 3 && wireType === wireTypes.bytes) text = reader.string();
    else if (field === 4 && wireType === wireTypes.fixed64) text = String(reader.double());
    else if (field === 5 && wireType === wireTypes.varint) text = String(reader.uint64());
    else return false;
    return true;
  });
  return text;
}

/** Defined rather than assigned: a member `__proto__` is a name like any other. */
function add(texts: Record<string, string>, name: string, text: string): void {
  if (text.length > maxTextLength) return;
  Object.defineProperty(texts, name, { value: text, enumerable: true, configurable: true, writable: true });
}
