import { readFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import { errorCodeOf } from '../sources/file-system';
import { configError } from './config-error';
import { readDocument } from './read-document';
import { readModelsConfig } from './read-models-config';
import type { ServerConfig } from './server-config';

export interface ConfigFileOptions {
  /** Absolute. `.json`, `.yaml` and `.yml` are Slipway's own document; anything else is TensorFlow Serving's text. */
  readonly path: string;
  /** Where relative base paths begin; for our own document the folder it lies in is the default. */
  readonly rootFolder?: string;
  /** Reads the file again this often; 0 reads it once. */
  readonly pollMs?: number;
  readonly clock: Clock;
  readonly read?: (path: string) => Promise<string>;
}

const maxBytes = 64 * 1024 * 1024;

/** Reads a configuration's text as the file's name says. Throws CONFIG_INVALID. */
export function readConfig(path: string, text: string, rootFolder?: string): ServerConfig {
  if (text.length > maxBytes) throw configError(basename(path), 'it is too large for a configuration');
  const isOwn = ['.json', '.yaml', '.yml'].includes(extname(path).toLowerCase());
  return isOwn
    ? readDocument(text, rootFolder ?? dirname(path))
    : readModelsConfig(text, rootFolder ?? null, basename(path));
}

/** A configuration on disk. With a poll interval it tells of every edit; one that cannot be read changes nothing and is told once. */
export class ConfigFile implements Disposable {
  readonly #options: ConfigFileOptions;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<ServerConfig>());
  readonly #failed = this.#owned.add(new Emitter<AppError>());
  readonly onDidChange: Event<ServerConfig> = this.#changed.event;
  readonly onDidFail: Event<AppError> = this.#failed.event;
  #text: string | null = null;
  #failure = '';
  #timer: Disposable | null = null;
  #isDisposed = false;

  constructor(options: ConfigFileOptions) {
    this.#options = options;
  }

  /** Reads it now, and from then on as often as it was asked to. Throws CONFIG_INVALID. */
  async load(): Promise<ServerConfig> {
    const text = await this.#read();
    const config = this.#parse(text);
    this.#text = text;
    this.#plan();
    return config;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  #plan(): void {
    const { pollMs = 0, clock } = this.#options;
    if (pollMs <= 0 || this.#isDisposed) return;
    this.#timer = clock.schedule(pollMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    try {
      const text = await this.#read();
      if (text !== this.#text) {
        const config = this.#parse(text);
        this.#text = text;
        this.#changed.fire(config);
      }
      this.#failure = '';
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.message !== this.#failure) this.#failed.fire(error);
      this.#failure = error.message;
    }
    this.#plan();
  }

  async #read(): Promise<string> {
    const { path, read = (file) => readFile(file, 'utf8') } = this.#options;
    try {
      return await read(path);
    } catch (thrown) {
      throw configError(basename(path), `it cannot be read (${errorCodeOf(thrown)})`, thrown);
    }
  }

  #parse(text: string): ServerConfig {
    const { path, rootFolder } = this.#options;
    return readConfig(path, text, rootFolder);
  }
}
