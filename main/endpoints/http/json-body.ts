import type { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import type { HttpCall } from './http-call';

/** The body of a call as JSON; an empty one stands for an empty object. Throws INVALID_ARGUMENT, and when it is longer than `maxBytes`. */
export async function readJson<T extends z.ZodType>(
  call: Pick<HttpCall, 'body'>,
  schema: T,
  maxBytes: number,
): Promise<z.infer<T>> {
  const body = await call.body(maxBytes);
  return conforming(schema, body.length === 0 ? {} : parseJson(body));
}

/** Throws INVALID_ARGUMENT. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw invalid("The request's body is no JSON");
  }
}

/** What the schema makes of the value. Throws INVALID_ARGUMENT, which says of each part what is wrong with it. */
export function conforming<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
      .join('; '),
  );
}

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
