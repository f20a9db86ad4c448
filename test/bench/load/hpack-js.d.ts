declare module 'hpack.js' {
  import type { Duplex } from 'node:stream';

  interface Field {
    readonly name: string;
    readonly value: string;
  }

  interface Options {
    readonly table: { readonly maxSize: number };
  }

  const hpack: {
    readonly compressor: {
      create(options: Options): Duplex & { write(fields: readonly Field[]): boolean };
    };
    readonly decompressor: {
      create(options: Options): Duplex & { execute(): void; read(): Field | null };
    };
  };
  export = hpack;
}
