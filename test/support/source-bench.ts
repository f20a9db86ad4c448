import { onTestFinished } from 'vitest';
import type { AppError } from '../../app/base/errors';
import { FileSystemSource, type FileSystemSourceOptions } from '../../main/sources/file-system-source';
import type { ChangedVersion, ModelScan, WatchedModel } from '../../main/sources/model-scan';
import { FakeClock } from './fake-clock';
import { FakeFolderWatcher } from './fake-folder-watcher';
import { MemoryFileSystem } from './memory-file-system';

/** What one call of the aspired-versions callback said: versions with their paths, or the error's code. */
export interface Call {
  readonly name: string;
  readonly versions: readonly number[];
  readonly paths: readonly string[];
  readonly errors: readonly AppError[];
}

/** A file-system source over files in memory, time turned by hand and events sent by hand. */
export class SourceBench {
  readonly clock = new FakeClock();
  readonly files = new MemoryFileSystem(this.clock);
  readonly watcher = new FakeFolderWatcher();
  readonly source: FileSystemSource;
  readonly calls: Call[] = [];
  readonly scans: ModelScan[] = [];
  readonly changes: ChangedVersion[] = [];

  constructor(options: Partial<FileSystemSourceOptions> = {}) {
    const { clock, files: fileSystem, watcher } = this;
    this.source = new FileSystemSource({ clock, fileSystem, watcher, ...options });
    this.source.onDidScan((scan) => this.scans.push(scan));
    this.source.onDidChangeVersion((change) => this.changes.push(change));
  }

  connect(): this {
    this.source.setAspiredVersionsCallback((name, items) =>
      this.calls.push({
        name,
        versions: items.map((item) => item.id.version),
        paths: items.flatMap((item) => (item.ok ? [item.data.path] : [])),
        errors: items.flatMap((item) => (item.ok ? [] : [item.error])),
      }),
    );
    return this;
  }

  /** The calls since the last `take`. */
  readonly take = (): Call[] => this.calls.splice(0);

  /** What was last said of a model; null when nothing was. */
  readonly last = (name = 'm'): readonly number[] | null =>
    this.calls.findLast((call) => call.name === name)?.versions ?? null;
}

/** The settings of a watched model, at `/NAME` unless told otherwise. */
export const watched = (name = 'm', settings: Partial<WatchedModel> = {}): WatchedModel => ({
  name,
  basePath: `/${name}`,
  policy: { kind: 'latest', count: 1 },
  overrides: new Map(),
  keepLastGood: true,
  ...settings,
});

/** A connected bench that is closed when the test ends. */
export function sourceBench(...args: ConstructorParameters<typeof SourceBench>): SourceBench {
  const made = new SourceBench(...args).connect();
  onTestFinished(() => made.source.close());
  return made;
}

/** One with a model `m` whose versions have long lain still and are aspired. */
export async function runningBench(
  versions: readonly number[],
  settings: Partial<WatchedModel> = {},
): Promise<SourceBench> {
  const made = sourceBench();
  made.files.folder('/m');
  for (const version of versions) made.files.write(`/m/${version}/model.onnx`);
  await made.clock.advance(10_000);
  made.source.setModels([watched('m', settings)]);
  await made.clock.advance(0);
  return made;
}
