import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AppError } from '../../app/base/errors';

/** Paths of PEM files. */
export interface TlsPaths {
  readonly key: string;
  readonly cert: string;
  /** Certificates that clients must be signed by; without them, clients need none. */
  readonly clientCa: string | null;
}

/** The same as texts, which is how TensorFlow Serving's `SSLConfig` has them. */
export interface TlsTexts {
  readonly keyPem: string;
  readonly certPem: string;
  readonly clientCaPem: string | null;
}

export type TlsSettings = TlsPaths | TlsTexts;

/** What `node:https` and gRPC take. */
export interface TlsFiles {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca?: Buffer;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2';
}

/** Are clients known by their certificates? */
export const asksForCertificates = (tls: TlsSettings | null): boolean =>
  tls !== null && ('clientCa' in tls ? tls.clientCa : tls.clientCaPem) !== null;

/** Throws INVALID_ARGUMENT when a file cannot be read, or is not what it should be. */
export async function readTls(settings: TlsSettings): Promise<TlsFiles> {
  const read = async (path: string, what: string): Promise<Buffer> => {
    try {
      return await readFile(path);
    } catch (cause) {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: `The TLS ${what} cannot be read.`, cause });
    }
  };
  if ('keyPem' in settings) {
    const { keyPem, certPem, clientCaPem } = settings;
    return filesOf(
      Buffer.from(keyPem),
      Buffer.from(certPem),
      clientCaPem === null ? null : Buffer.from(clientCaPem),
    );
  }
  const { key, cert, clientCa } = settings;
  return filesOf(
    await read(key, 'key'),
    await read(cert, 'certificate'),
    clientCa === null ? null : await read(clientCa, 'client certificate authority'),
  );
}

function filesOf(key: Buffer, cert: Buffer, clientCa: Buffer | null): TlsFiles {
  const ca = clientCa === null ? {} : { ca: clientCa };
  try {
    createSecureContext({ key, cert, ...ca });
  } catch (cause) {
    throw new AppError(
      'INVALID_ARGUMENT',
      {},
      { detail: 'The TLS key and certificates are no PEM, or do not belong together.', cause },
    );
  }
  const isVerified = clientCa !== null;
  return {
    key,
    cert,
    ...ca,
    requestCert: isVerified,
    rejectUnauthorized: isVerified,
    minVersion: 'TLSv1.2',
  };
}
