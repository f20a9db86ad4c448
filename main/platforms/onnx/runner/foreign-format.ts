const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** How the formats that are most often mistaken for ONNX begin. */
const signatures: readonly {
  readonly at: number;
  readonly bytes: readonly number[];
  readonly format: string;
}[] = [
  { at: 0, bytes: [...ascii('PK'), 3, 4], format: 'a ZIP archive, such as PyTorch and Keras write' },
  { at: 0, bytes: [0x89, ...ascii('HDF')], format: 'an HDF5 file, such as Keras writes' },
  { at: 4, bytes: ascii('TFL3'), format: 'a TensorFlow Lite model' },
  { at: 4, bytes: ascii('ORTM'), format: 'a model in ONNX Runtime’s own format (.ort)' },
  { at: 0, bytes: [0x1f, 0x8b], format: 'a gzip archive' },
  { at: 0, bytes: [0x80, 2], format: 'a Python pickle' },
  { at: 0, bytes: [0x80, 4], format: 'a Python pickle' },
];

/** What else than ONNX a file called a model often is, in words; undefined when its beginning could be ONNX. */
export function foreignFormat(head: Uint8Array): string | undefined {
  const known = signatures.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte));
  if (known) return known.format;
  const text = asLatin1(head);
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) return 'a web page or XML';
  if (isText(head)) return 'text';
  // A model begins with a field of ModelProto: its number in the upper five bits, its wire type in the lower three.
  const [first = 0] = head;
  return startTags.has(first) ? undefined : 'of an unknown format';
}

/** The one-byte tags that `ModelProto` can begin with: fields 1 to 8 and 14, each with its wire type. */
const startTags: ReadonlySet<number> = new Set([0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72]);

const asLatin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
