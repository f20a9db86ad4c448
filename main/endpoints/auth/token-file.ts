import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import { type TokenKeeper, tokenRecordSchema } from './token-store';

const fileSchema = z.strictObject({ version: z.literal(1), tokens: z.array(tokenRecordSchema) });
const ownerOnly = 0o600;

/** Keeps tokens in a file that only its owner may read, replaced whole. A broken file is an error: opening up without it would be worse. */
export function createTokenFile(path: string): TokenKeeper {
  return {
    load: async () => {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
        throw unreadable(thrown);
      }
      try {
        return fileSchema.parse(JSON.parse(text)).tokens;
      } catch (cause) {
        throw unreadable(cause);
      }
    },
    save: async (records) => {
      await mkdir(dirname(path), { recursive: true });
      const scratch = `${path}.new`;
      await writeFile(scratch, JSON.stringify({ version: 1, tokens: records }, null, 2), { mode: ownerOnly });
      await rename(scratch, path);
    },
  };
}

const unreadable = (cause: unknown): AppError =>
  new AppError('FAILED_PRECONDITION', {}, { detail: 'The file of access tokens cannot be read.', cause });
