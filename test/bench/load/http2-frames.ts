import hpack from 'hpack.js';

// What a client of unary calls needs of HTTP/2's framing. Source: RFC 9113 §4 and §6.

export const frameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
};
export const frameFlag = { acknowledge: 1, endStream: 1, endHeaders: 4 };
export const frameHeadBytes = 9;
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** What each side may send on a connection before the other allows it more. */
export const firstWindowBytes = 65_535;

const mostWindowBytes = 2 ** 31 - 1;
const settingHeaderTableSize = 1;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeadBytes + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(streamId, 5);
  bytes.set(payload, frameHeadBytes);
  return bytes;
}

/** The whole frames at the start of what was received, and the rest. */
export function readFrames(received: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let at = 0;
  while (received.length - at >= frameHeadBytes) {
    const end = at + frameHeadBytes + received.readUIntBE(at, 3);
    if (end > received.length) break;
    frames.push({
      type: received.readUInt8(at + 3),
      flags: received.readUInt8(at + 4),
      streamId: received.readUInt32BE(at + 5) & mostWindowBytes,
      payload: received.subarray(at + frameHeadBytes, end),
    });
    at = end;
  }
  return { frames, rest: received.subarray(at) };
}

/** Opens a connection: fields of headers come without a table between them, and as many answers as there are. */
export function openingFrames(): Buffer {
  const noTable = Buffer.alloc(6);
  noTable.writeUInt16BE(settingHeaderTableSize);
  const window = Buffer.alloc(4);
  window.writeUInt32BE(mostWindowBytes - firstWindowBytes);
  return Buffer.concat([
    preface,
    frame(frameType.settings, 0, 0, noTable),
    frame(frameType.windowUpdate, 0, 0, window),
  ]);
}

export function encodeFields(fields: Readonly<Record<string, string>>): Buffer {
  const encoder = hpack.compressor.create({ table: { maxSize: 0 } });
  encoder.write(Object.entries(fields).map(([name, value]) => ({ name, value })));
  return encoder.read() as Buffer;
}

/** Of a block that was encoded without a table. */
export function decodeFields(block: Uint8Array): Readonly<Record<string, string>> {
  const decoder = hpack.decompressor.create({ table: { maxSize: 0 } });
  decoder.write(block);
  decoder.execute();
  const fields: Record<string, string> = {};
  for (let field = decoder.read(); field; field = decoder.read()) fields[field.name] = field.value;
  return fields;
}
