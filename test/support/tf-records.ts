import { maskedCrc32c } from '../../main/runner/warm-up/crc32c';

/** A TFRecord file of these records. */
export function tfRecords(records: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    records.flatMap((record) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(record.length));
      return [length, checksum(length), record, checksum(record)];
    }),
  );
}

function checksum(bytes: Uint8Array): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(maskedCrc32c(bytes));
  return buffer;
}
