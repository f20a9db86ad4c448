import { z } from 'zod';
import { codecNames, inferMethods } from './codec';

/** Bytes in a JSON document. */
export const base64BytesSchema = z.base64().transform((text): Uint8Array => Buffer.from(text, 'base64'));

/** A request of a model as it came, from JSON: enough to ask the same again. */
export const recordedCallSchema = z.object({
  codec: z.enum(codecNames),
  params: z.object({
    method: z.enum(inferMethods),
    nonFinite: z.enum(['null', 'string', 'bare']).exactOptional(),
    jsonLength: z.number().nullable().exactOptional(),
    contentType: z.string().exactOptional(),
    top: z.number().exactOptional(),
    isLineDelimited: z.boolean().exactOptional(),
  }),
  request: base64BytesSchema,
});
export type RecordedCall = z.infer<typeof recordedCallSchema>;
