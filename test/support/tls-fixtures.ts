import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Keys and certificates for tests alone: a server of 127.0.0.1 and a client, both signed by one authority, good from 2020 to 2119. */
const folder = resolve(import.meta.dirname, '../fixtures/tls');
const read = (name: string): Buffer => readFileSync(join(folder, name));

export const tlsPath = (name: string): string => join(folder, name);
export const authority = (): Buffer => read('ca.pem');
export const clientFiles = (): { readonly key: Buffer; readonly cert: Buffer } => ({
  key: read('client-key.pem'),
  cert: read('client.pem'),
});
