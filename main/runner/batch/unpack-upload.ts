import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import { readArchive } from '../../sources/archive';
import { decodeBase64 } from '../codecs/base64';
import { readMultipart } from '../codecs/image';
import { badRequest } from '../codecs/request-errors';
import type { UnpackInput } from '../protocol';
import { uploadListName } from './upload-list';

interface Uploaded {
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

const lineSchema = z.object({ name: z.string().max(1_000).optional(), b64: z.string() });
const longestName = 80;

/**
 * Takes the pictures out of a request's body: a multipart form, a zip file, lines of `{"name", "b64"}`, or one picture. They are written into
 * the folder, with a list of them. Resolves to their number. Throws INVALID_ARGUMENT when there are none, or they are more than `mostBytes`.
 */
export async function unpackUpload({ path, contentType, folder, mostBytes }: UnpackInput): Promise<number> {
  await mkdir(join(folder, 'pictures'), { recursive: true });
  const list = await open(join(folder, uploadListName), 'w');
  let count = 0;
  let bytes = 0;
  try {
    for await (const picture of picturesIn(path, contentType, mostBytes)) {
      bytes += picture.bytes.length;
      if (bytes > mostBytes) throw badRequest(`The pictures are more than ${mostBytes} bytes.`);
      const name = picture.name ?? String(count);
      const file = `pictures/${count}-${name.replace(/[^\w.-]+/g, '_').slice(-longestName)}`;
      await writeFile(join(folder, file), picture.bytes);
      await list.write(`${JSON.stringify({ path: file, name })}\n`);
      count++;
    }
  } finally {
    await list.close();
  }
  await rm(path, { force: true });
  if (count === 0) throw badRequest('The body holds no pictures.');
  return count;
}

function picturesIn(path: string, contentType: string, mostBytes: number): AsyncIterable<Uploaded> {
  const [type = ''] = contentType.toLowerCase().split(';');
  switch (type.trim()) {
    case 'multipart/form-data':
      return multipart(path, contentType);
    case 'application/zip':
    case 'application/x-zip-compressed':
      return zipped(path, mostBytes);
    case 'application/x-ndjson':
    case 'application/jsonl':
      return lines(path);
    default:
      return single(path);
  }
}

async function* single(path: string): AsyncGenerator<Uploaded> {
  const bytes = await readFile(path);
  if (bytes.length > 0) yield { name: null, bytes };
}

async function* multipart(path: string, contentType: string): AsyncGenerator<Uploaded> {
  yield* await readMultipart(await readFile(path), contentType);
}

async function* lines(path: string): AsyncGenerator<Uploaded> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    number++;
    if (line.trim() === '') continue;
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (!parsed.success) throw badRequest(`Line ${number} is no object with "b64" in it.`);
    yield { name: parsed.data.name ?? null, bytes: decodeBase64(parsed.data.b64) };
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Entries come one after the other, and each is read whole before the next. */
async function* zipped(path: string, mostBytes: number): AsyncGenerator<Uploaded> {
  const pictures: Uploaded[] = [];
  let left = mostBytes;
  try {
    await readArchive(path, 'The upload', async ({ name }, content) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) {
        left -= chunk.length;
        if (left < 0) throw badRequest(`The pictures are more than ${mostBytes} bytes.`);
        chunks.push(chunk);
      }
      pictures.push({ name, bytes: Buffer.concat(chunks) });
    });
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'INVALID_ARGUMENT') throw thrown;
    throw badRequest('The zip file could not be read.');
  }
  yield* pictures;
}
