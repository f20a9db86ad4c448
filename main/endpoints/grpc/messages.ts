import type { z } from 'zod';
import { badRequest } from '../../runner/codecs/request-errors';
import { schema } from './schema';

/** Encodes a message of our `.proto` files; 64-bit numbers may be strings, enumerations their names. */
export const encodeMessage = (type: string, value: Readonly<Record<string, unknown>>): Buffer => {
  const message = schema().lookupType(type);
  const bytes = message.encode(message.fromObject(value)).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** gRPC's own limit of a message where nothing is said: control messages are far smaller, and what is larger would hold up everybody. */
const maxControlBytes = 4 * 2 ** 20;

/** Decodes a message, with absent fields filled, 64-bit numbers as strings and enumerations as names. Throws INVALID_ARGUMENT. */
export function decodeMessage<T>(type: string, body: Uint8Array, shape: z.ZodType<T>): T {
  if (body.length > maxControlBytes)
    throw badRequest(`A ${type} has at most ${maxControlBytes} bytes, not ${body.length}.`);
  const message = schema().lookupType(type);
  let value: unknown;
  try {
    value = message.toObject(message.decode(body), {
      longs: String,
      enums: String,
      arrays: true,
      objects: true,
      oneofs: true,
    });
  } catch {
    // Whatever the decoder says of the bytes, they are no such message.
    throw badRequest(`The request is no ${type}`);
  }
  const checked = shape.safeParse(value);
  if (!checked.success) throw badRequest(`${type}: ${checked.error.issues[0]?.message ?? 'not as expected'}`);
  return checked.data;
}
