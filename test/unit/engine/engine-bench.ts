import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../app/base/clock';
import type { Model, ModelEvent, Version } from '../../../app/contract/models';
import { createEngine } from '../../../main/engine';
import type { Engine, EngineOptions } from '../../../main/engine-api';
import { FakeRunners } from './fake-runner';

/** A temp folder with models in it, and engines whose runners are fakes. Waits for events, never for time. */
export class EngineBench {
  readonly folder: string;
  readonly runners = new FakeRunners();
  readonly #engines: Engine[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<EngineBench> {
    return new EngineBench(await mkdtemp(join(tmpdir(), 'slipway-engine-')));
  }

  get stateFolder(): string {
    return join(this.folder, 'state');
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Writes a version whose answer is `content`; see `FakeRunners`. */
  async version(model: string, version: number | string, content = `${model}-${version}`): Promise<string> {
    const folder = this.path(model, String(version));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'model.onnx'), content);
    return folder;
  }

  async start(more: Partial<EngineOptions> = {}, clock: Clock = systemClock): Promise<Engine> {
    const engine = await createEngine(
      {
        spawnRunner: this.runners.spawn,
        stateFolder: this.stateFolder,
        samplesFolder: null,
        ...more,
        settings: { stabilityMs: 0, maxLoadRetries: 0, ...more.settings },
      },
      clock,
    );
    this.#engines.push(engine);
    return engine;
  }

  async close(): Promise<void> {
    this.runners.release();
    await Promise.all(this.#engines.map((engine) => engine.close()));
    await rm(this.folder, { recursive: true });
  }
}

/** Resolves with the model once it satisfies `isSo`; at once if it does already. */
export function until(engine: Engine, name: string, isSo: (model: Model) => boolean): Promise<Model> {
  return new Promise((resolve) => {
    const look = (): void => {
      const model = engine.models.get(name);
      if (!model || !isSo(model)) return;
      subscription.dispose();
      resolve(model);
    };
    const subscription = engine.models.onDidChange(look);
    look();
  });
}

export const versionOf = (model: Model, version: number): Version | undefined =>
  model.versions.find((it) => it.version === version);

/** `3 available, 2 onDisk`: a model's versions in words. */
export const inWords = (model: Model): string =>
  model.versions.map((it) => `${it.version} ${it.lifecycle}`).join(', ');

export const untilWords = (engine: Engine, name: string, words: string): Promise<Model> =>
  until(engine, name, (model) => inWords(model) === words);

/** The last events of a model, oldest first, without hashes, which are recorded in their own time. */
export async function eventsInTurn(engine: Engine, model: string, version?: number): Promise<ModelEvent[]> {
  const events = await engine.models.events({ model, ...(version && { version }), limit: 100 });
  return events.filter(({ kind }) => kind !== 'contentRecorded').reverse();
}
