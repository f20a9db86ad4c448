import type protobuf from 'protobufjs';
import { schema } from '../../main/endpoints/grpc/schema';

/** A message as any client would encode it: by the `.proto` files, with protobufjs's own reflection. */
export function encode(type: string, value: Record<string, unknown>): Uint8Array {
  const message = schema().lookupType(type);
  return message.encode(message.fromObject(value)).finish();
}

/** A message as any client would decode it: plain objects, 64-bit numbers as strings, maps as objects. */
export function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message: protobuf.Type = schema().lookupType(type);
  return message.toObject(message.decode(bytes), { longs: String, enums: String });
}
