import type { Answer, CallParams, Exchange, ModelFace, Rendered } from './codec';
import { badRequest } from './request-errors';
import { expectKind } from './tfs-json';

const defaultTop = 5;
const maxPictures = 256;
/** Beside the pictures a form may hold a few other fields. */
const maxParts = maxPictures + 64;
const maxHeadBytes = 16 * 1024;
const endOfHead = '\r\n\r\n';

export interface NamedPicture {
  /** The file's name, where the client gave one. */
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

/** Encoded pictures as they are: one as the whole body, or several in a multipart form. */
export async function openImage(body: Uint8Array, face: ModelFace, params: CallParams): Promise<Exchange> {
  const contentType = params.contentType ?? '';
  const isMultipart = /^multipart\/form-data\b/i.test(contentType);
  const pictures = isMultipart
    ? await readMultipart(body, contentType, maxParts)
    : [{ name: null, bytes: body }];
  if (pictures.length === 0) throw badRequest('The multipart body holds no pictures.');
  if (pictures.length > maxPictures) throw badRequest(`A request holds at most ${maxPictures} pictures.`);
  if (pictures.some(({ bytes }) => bytes.length === 0)) throw badRequest('A picture is empty.');
  return {
    call: { kind: 'pictures', pictures: pictures.map(({ bytes }) => bytes), top: params.top ?? defaultTop },
    render: (answer) =>
      render(expectKind(answer, 'pictures'), pictures, face, params.isLineDelimited ?? false),
  };
}

/**
 * Every file of the form, whatever its field's name. Throws INVALID_ARGUMENT; for a form of more than `maxParts` parts before any of them
 * is read, since many small ones take long.
 */
export async function readMultipart(
  body: Uint8Array,
  contentType: string,
  maxParts = Number.POSITIVE_INFINITY,
): Promise<readonly NamedPicture[]> {
  checkParts(body, contentType, maxParts);
  let form: FormData;
  try {
    form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    // Whatever the parser says, it names no place in the body.
    throw badRequest('The multipart body could not be read.');
  }
  const pictures: NamedPicture[] = [];
  for (const [, value] of form) {
    if (typeof value === 'string') continue;
    pictures.push({ name: value.name || null, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  return pictures;
}

/** Refuses what would take far longer to read than its size says. There is a delimiter ahead of each part, and one at the end. */
function checkParts(body: Uint8Array, contentType: string, maxParts: number): void {
  const [, quoted, plain = ''] = /boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(contentType) ?? [];
  const delimiter = Buffer.from(`--${quoted ?? plain}`);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let count = 0;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    if (++count > maxParts + 1)
      throw badRequest(`A multipart body holds at most ${maxParts} parts, and ${maxPictures} pictures.`);
    if (bytes.indexOf(endOfHead, at) - at > maxHeadBytes)
      throw badRequest(`The head of a part holds at most ${maxHeadBytes} bytes.`);
  }
}

/** To the microsecond. */
const rounded = (timings: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(timings).map(([part, ms]) => [part, Math.round(ms * 1_000) / 1_000]));

function render(
  answer: Extract<Answer, { kind: 'pictures' }>,
  pictures: readonly NamedPicture[],
  face: ModelFace,
  isLineDelimited: boolean,
): Rendered {
  const head = { model: face.model, version: face.version };
  const results = answer.results.map((result, index) => {
    const name = pictures[index]?.name;
    const named = name ? { name } : {};
    if ('error' in result) return { ...named, error: result.error };
    const { classes, timingsMs } = result;
    return {
      ...named,
      classes: classes.map(({ index, label, probability }) => ({ index, label, probability })),
      timings_ms: rounded(timingsMs),
    };
  });
  const text = isLineDelimited
    ? results.map((result, index) => `${JSON.stringify({ ...head, index, ...result })}\n`).join('')
    : JSON.stringify({ ...head, results });
  return {
    bytes: Buffer.from(text),
    contentType: isLineDelimited ? 'application/x-ndjson' : 'application/json',
    headers: {},
  };
}
