import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../app/base/errors';

export interface LineFileOptions {
  /** When the file has grown so large, it becomes `PATH.1`, in the place of an older one. */
  readonly maxBytes: number;
  /** Lines that wait for the disk beyond so many bytes are dropped, and counted. */
  readonly maxWaitingBytes: number;
}

const defaults: LineFileOptions = { maxBytes: 256 * 2 ** 20, maxWaitingBytes: 32 * 2 ** 20 };
const ownerOnly = 0o600;

/** Appends lines to a file that only its owner may read, without ever making the writer wait. */
export class LineFile {
  readonly #path: string;
  readonly #options: LineFileOptions;
  #stream: WriteStream;
  #size: number;
  #turning: Promise<void> | null = null;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #failure: Error | null = null;

  private constructor(path: string, size: number, options: LineFileOptions) {
    this.#path = path;
    this.#size = size;
    this.#options = options;
    this.#stream = this.#open();
  }

  /** Throws INVALID_ARGUMENT when the file cannot be written. */
  static async open(path: string, options: Partial<LineFileOptions> = {}): Promise<LineFile> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const size = await stat(path).then(
        (it) => it.size,
        () => 0,
      );
      const file = new LineFile(path, size, { ...defaults, ...options });
      await new Promise<void>((resolve, reject) => {
        file.#stream.once('open', () => resolve());
        file.#stream.once('error', reject);
      });
      return file;
    } catch (cause) {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'A log file cannot be written.', cause });
    }
  }

  /** How many lines were lost since the disk was too slow, or full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** False when it was dropped. */
  append(line: string): boolean {
    const bytes = Buffer.byteLength(line) + 1;
    const { maxBytes, maxWaitingBytes } = this.#options;
    if (this.#failure || this.#stream.writableLength + this.#waitingBytes + bytes > maxWaitingBytes) {
      this.#dropped++;
      return false;
    }
    if (this.#size > 0 && this.#size + bytes > maxBytes) this.#turning ??= this.#turn();
    if (this.#turning) {
      this.#waiting.push(line);
      this.#waitingBytes += bytes;
      return true;
    }
    this.#size += bytes;
    this.#stream.write(`${line}\n`);
    return true;
  }

  /** Settles when everything is with the system. */
  async close(): Promise<void> {
    await this.#turning;
    await new Promise<void>((resolve) => this.#stream.end(() => resolve()));
  }

  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.end(() => resolve()));
    try {
      await rm(`${this.#path}.1`, { force: true });
      await rename(this.#path, `${this.#path}.1`);
    } catch (thrown) {
      this.#failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    this.#stream = this.#open();
    this.#size = 0;
    this.#turning = null;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const line of lines) this.append(line);
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#path, { flags: 'a', mode: ownerOnly });
    stream.on('error', (error) => {
      this.#failure = error; // a full disk costs the log, not the server
    });
    return stream;
  }
}
