import { readFile } from 'node:fs/promises';
import { AppError } from '../../app/base/errors';

/** Paths of PEM files, as flags or an `SSLConfig` give them. */
export interface TlsPaths {
  readonly key: string;
  readonly cert: string;
  /** Certificates that clients must be signed by; without them, clients need none. */
  readonly clientCa: string | null;
}

/** What `node:https` and gRPC take. */
export interface TlsFiles {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca?: Buffer;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2';
}

/** Throws INVALID_ARGUMENT when a file cannot be read. */
export async function readTlsFiles({ key, cert, clientCa }: TlsPaths): Promise<TlsFiles> {
  const read = async (path: string, what: string): Promise<Buffer> => {
    try {
      return await readFile(path);
    } catch (cause) {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: `The TLS ${what} cannot be read.`, cause });
    }
  };
  return {
    key: await read(key, 'key'),
    cert: await read(cert, 'certificate'),
    ...(clientCa === null ? {} : { ca: await read(clientCa, 'client certificate authority') }),
    requestCert: clientCa !== null,
    rejectUnauthorized: clientCa !== null,
    minVersion: 'TLSv1.2',
  };
}
