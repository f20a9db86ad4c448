import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { UnpackInput } from '../../runner/protocol';

const recordName = 'batch.json';
const recordSchema = z.strictObject({
  job: z.string(),
  owner: z.string().nullable(),
  bytes: z.number(),
  /** The names that the client gave lie there; null for pictures that were on this machine. */
  list: z.string().nullable(),
});
export type UploadRecord = z.infer<typeof recordSchema>;
const lineSchema = z.object({ name: z.string() });

/** What came over the network for one batch: its pictures, and whose it is. */
export class UploadFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(root: string): Promise<UploadFolder> {
    const folder = new UploadFolder(join(root, randomUUID()));
    await mkdir(folder.path, { recursive: true });
    return folder;
  }

  /** Those that an earlier run left, each with its record; null for one whose batch was never begun. */
  static async all(root: string): Promise<readonly { folder: UploadFolder; record: UploadRecord | null }[]> {
    const names = await readdir(root).catch(() => []); // none were ever made
    return Promise.all(
      names.map(async (name) => {
        const folder = new UploadFolder(join(root, name));
        return { folder, record: await folder.#record() };
      }),
    );
  }

  /** Keeps a body for a runner to unpack; what `unpackUpload` is to be asked with. */
  async take(body: Uint8Array, contentType: string, mostBytes: number): Promise<UnpackInput> {
    const path = join(this.path, /zip/i.test(contentType) ? 'upload.zip' : 'upload');
    await writeFile(path, body);
    return { path, contentType, folder: this.path, mostBytes };
  }

  async keep(record: UploadRecord): Promise<void> {
    await writeFile(join(this.path, recordName), JSON.stringify(record));
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }

  async #record(): Promise<UploadRecord | null> {
    try {
      return recordSchema.parse(JSON.parse(await readFile(join(this.path, recordName), 'utf8')));
    } catch {
      return null; // ended before it was written
    }
  }
}

/** What the client calls its pictures, in their order. */
export async function* namesIn(list: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(list, 'utf8') }))
    yield lineSchema.parse(JSON.parse(line)).name;
}
