import { badRequest } from './request-errors';

/** Decodes base64, padded or not. Throws INVALID_ARGUMENT for anything else, which Node alone would skip over. */
export function decodeBase64(text: string): Uint8Array {
  const length = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  const bytes = Buffer.from(text, 'base64');
  if (length % 4 === 1 || bytes.length !== Math.floor((length * 3) / 4))
    throw badRequest('Unable to base64 decode');
  return bytes;
}
