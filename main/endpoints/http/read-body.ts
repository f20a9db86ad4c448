import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '../../../app/base/errors';

const inflate = promisify(gunzip);

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxInflatedBytes: number;
}

/** The body is larger than the server takes: 413 over HTTP. */
export class BodyTooLarge extends AppError {
  constructor(limit: number) {
    super('INVALID_ARGUMENT', {}, { detail: `The request's body is larger than ${limit} bytes.` });
  }
}

/** The body is compressed in a way that is not read here: 415 over HTTP. */
export class EncodingUnknown extends AppError {
  constructor(encoding: string) {
    const detail = `The request's body is encoded as ${encoding.slice(0, 40)}; gzip is read.`;
    super('INVALID_ARGUMENT', {}, { detail });
  }
}

/**
 * Collects a request's body and inflates it where it is gzip; `onWanted` is called before it waits for any of it.
 * Throws `BodyTooLarge`, `EncodingUnknown`, INVALID_ARGUMENT for broken gzip, CANCELLED.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  onWanted: () => void,
): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.maxBodyBytes) throw new BodyTooLarge(limits.maxBodyBytes);
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? '';
  const isGzip = encoding.includes('gzip');
  if (!isGzip && encoding !== '' && encoding !== 'identity') throw new EncodingUnknown(encoding);
  onWanted();
  const body = await collect(request, limits.maxBodyBytes);
  if (!isGzip) return body;
  try {
    return await inflate(body, { maxOutputLength: limits.maxInflatedBytes });
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new BodyTooLarge(limits.maxInflatedBytes);
    throw new AppError(
      'INVALID_ARGUMENT',
      {},
      { detail: "The request's body is not the gzip that its header says." },
    );
  }
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(new BodyTooLarge(maxBytes));
      }
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, size));
    });
    request.on('error', () => reject(new AppError('CANCELLED')));
    // Comes after every request; only one that came in part was given up.
    request.on('close', () => {
      if (!request.complete) reject(new AppError('CANCELLED'));
    });
  });
}

/** Reads what is left of a body and forgets it. Resolves when it has ended, is too large, or takes too long. */
export function dropBody(
  request: IncomingMessage,
  { maxBytes, withinMs }: { readonly maxBytes: number; readonly withinMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, withinMs);
    let size = 0;
    request.on('data', ({ length }: Buffer) => {
      size += length;
      if (size > maxBytes) finish();
    });
    request.on('end', finish);
    request.on('close', finish);
  });
}
