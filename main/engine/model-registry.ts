import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import { classNamesSchema, preprocessingSchema } from '../../app/contract/inference';
import { defaultIdleUnloadMs, idleUnloadMsSchema, loadedSchema } from '../../app/contract/loading';
import {
  modelNameSchema,
  switchingSchema,
  versionNumberSchema,
  versionPolicySchema,
} from '../../app/contract/models';
import { runningSettingsSchema } from '../../app/contract/running';
import { foundOut } from '../config/config-schema';
import { Breather } from '../serving/breather';
import { type RouteEntry, routeEntrySchema } from './route-entry';
import { StateFile } from './state-file';

const byVersion = <T extends z.ZodType>(value: T) =>
  z.record(z.string().regex(/^\d{1,15}$/), value).default({});

/** What a person set about one model. Nothing in here is found out from its files. */
export const modelEntrySchema = z.strictObject({
  name: modelNameSchema,
  /** Absolute, on this machine. */
  basePath: z.string().min(1),
  policy: versionPolicySchema.default({ kind: 'latest', count: 1 }),
  switching: switchingSchema.default('availabilityPreserving'),
  keepLastGood: z.boolean().default(true),
  loaded: loadedSchema.default('always'),
  idleUnloadMs: idleUnloadMsSchema.default(defaultIdleUnloadMs),
  /** Versions that stay in memory once they are loaded on demand. */
  pinned: z.array(versionNumberSchema).default([]),
  labels: z.record(z.string().min(1), versionNumberSchema).default({}),
  /** Versions that a person loaded or unloaded against the policy. */
  overrides: byVersion(z.enum(['load', 'unload'])),
  /** Preprocessing that a person chose and the version's folder could not keep. */
  preprocessing: byVersion(preprocessingSchema.partial()),
  /** The same of class names. */
  classNames: byVersion(classNamesSchema),
  running: runningSettingsSchema.default({}),
  /** What its versions are to be; found out from the first of them unless it is said. */
  platform: z.string().min(1).default(foundOut),
  isSample: z.boolean().default(false),
  lastUsedAtMs: z.number().nullable().default(null),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;
/** An entry with only what differs from the defaults. */
export type NewModelEntry = z.input<typeof modelEntrySchema>;

const documentSchema = z.object({ version: z.literal(1), models: z.array(z.unknown()) });

const touchEveryMs = 1_000;

/**
 * The models and routes that a person added and what was set about them, kept in `models.json`: one line for each, so that a change of one
 * of ten thousand writes quickly and reads well in a diff. Routes stand among the models, where a Slipway that knows none keeps them.
 */
export class ModelRegistry {
  readonly #file: StateFile | null;
  readonly #entries = new Map<string, ModelEntry>();
  readonly #routes = new Map<string, RouteEntry>();
  /** Lines this Slipway cannot read: written back untouched, for one that can. */
  readonly #unreadable: unknown[] = [];
  /** Models of this run only, each with the kept one of that name. */
  readonly #seeded = new Map<string, ModelEntry | undefined>();
  readonly #lines = new WeakMap<ModelEntry | RouteEntry, string>();

  private constructor(file: StateFile | null) {
    this.#file = file;
  }

  /** `onBroken` hears the name of a file that made no sense and was set aside. */
  static async open(
    stateFolder: string | null,
    clock: Clock,
    onBroken: (file: string) => void,
  ): Promise<ModelRegistry> {
    if (stateFolder === null) return new ModelRegistry(null);
    const file = new StateFile(join(stateFolder, 'models.json'));
    const registry = new ModelRegistry(file);
    const breather = new Breather();
    const { value, wasBroken } = await file.read((text) => parseModels(text, breather), [], clock.now());
    if (wasBroken) onBroken(file.name);
    for (const raw of value) {
      const entry = modelEntrySchema.safeParse(raw);
      const route = entry.success ? null : routeEntrySchema.safeParse(raw);
      if (entry.success) registry.#take(entry.data);
      else if (route?.success) registry.#routes.set(route.data.route.name, route.data);
      else registry.#unreadable.push(raw);
      if (breather.isDue) await breather.breathe();
    }
    return registry;
  }

  get size(): number {
    return this.#entries.size;
  }

  all(): IterableIterator<ModelEntry> {
    return this.#entries.values();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  find(name: string): ModelEntry | undefined {
    return this.#entries.get(name);
  }

  /** Throws MODEL_NOT_FOUND. */
  get(name: string): ModelEntry {
    const entry = this.#entries.get(name);
    if (!entry) throw new AppError('MODEL_NOT_FOUND', { model: name }, { detail: `No model ${name}` });
    return entry;
  }

  routes(): IterableIterator<RouteEntry> {
    return this.#routes.values();
  }

  findRoute(name: string): RouteEntry | undefined {
    return this.#routes.get(name);
  }

  /** Is there a model or a route of that name? They are called in the same way, so no two share one. */
  isTaken(name: string): boolean {
    return this.#entries.has(name) || this.#routes.has(name);
  }

  /** Every name in use. */
  names(): Set<string> {
    return new Set([...this.#entries.keys(), ...this.#routes.keys()]);
  }

  /** Adds models for this run; each is kept only once it is committed. */
  async seed(entries: readonly NewModelEntry[]): Promise<void> {
    const breather = new Breather();
    for (const entry of entries) {
      const parsed = modelEntrySchema.parse(entry);
      this.#seeded.set(parsed.name, this.#entries.get(parsed.name));
      this.#take(parsed);
      if (breather.isDue) await breather.breathe();
    }
  }

  /** Adds or replaces models and routes, and removes those that are null: all kept, or none and an error. */
  async commit(
    changes: ReadonlyMap<string, ModelEntry | null>,
    routeChanges: ReadonlyMap<string, RouteEntry | null> = new Map(),
  ): Promise<void> {
    const before = [...changes.keys()].map((name) => [name, this.#entries.get(name)] as const);
    const routesBefore = [...routeChanges.keys()].map((name) => [name, this.#routes.get(name)] as const);
    const seeded = new Map(this.#seeded);
    for (const [name, entry] of changes) {
      this.#set(name, entry ?? undefined);
      this.#seeded.delete(name);
    }
    for (const [name, entry] of routeChanges) this.#setRoute(name, entry ?? undefined);
    try {
      await this.save();
    } catch (error) {
      for (const [name, entry] of before) this.#set(name, entry);
      for (const [name, entry] of routesBefore) this.#setRoute(name, entry);
      for (const [name, kept] of seeded) this.#seeded.set(name, kept);
      throw AppError.from(error);
    }
  }

  /** Notes a use, to the second: kept with the next change or `save`, since it is not worth a write of its own. */
  touch(name: string, atMs: number): void {
    const entry = this.#entries.get(name);
    if (!entry || (entry.lastUsedAtMs !== null && Math.abs(atMs - entry.lastUsedAtMs) < touchEveryMs)) return;
    this.#entries.set(name, { ...entry, lastUsedAtMs: atMs });
  }

  async save(): Promise<void> {
    await this.#file?.write(() => this.#text());
  }

  /** Writes its line ahead, so that the first save does not have to write all of them at once. */
  #take(entry: ModelEntry): void {
    this.#entries.set(entry.name, entry);
    this.#writeLine(entry);
  }

  #writeLine(entry: ModelEntry | RouteEntry): string {
    const line = JSON.stringify(entry);
    this.#lines.set(entry, line);
    return line;
  }

  #set(name: string, entry: ModelEntry | undefined): void {
    if (entry) this.#entries.set(name, entry);
    else this.#entries.delete(name);
  }

  #setRoute(name: string, entry: RouteEntry | undefined): void {
    if (entry) this.#routes.set(name, entry);
    else this.#routes.delete(name);
  }

  #text(): string {
    const lines = this.#unreadable.map((raw) => JSON.stringify(raw));
    for (const [name, current] of this.#entries) {
      const entry = this.#seeded.has(name) ? this.#seeded.get(name) : current;
      if (entry) lines.push(this.#lines.get(entry) ?? this.#writeLine(entry));
    }
    for (const entry of this.#routes.values()) lines.push(this.#lines.get(entry) ?? this.#writeLine(entry));
    return `${opening}\n${lines.join(',\n')}\n]}\n`;
  }
}

const opening = '{"version":1,"models":[';

/** Line by line where it is as we write it, so that ten thousand models hold nobody up; throws when it is no such document. */
async function parseModels(text: string, breather: Breather): Promise<readonly unknown[]> {
  const lines = text.trimEnd().split('\n');
  if (lines[0] !== opening || lines.at(-1) !== ']}') return documentSchema.parse(JSON.parse(text)).models;
  const models: unknown[] = [];
  for (const line of lines.slice(1, -1)) {
    if (line !== '') models.push(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line));
    if (breather.isDue) await breather.breathe();
  }
  return models;
}
