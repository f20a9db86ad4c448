import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import { defaultSettings, type Settings, settingsSchema } from '../../app/contract/settings';
import { StateFile } from './state-file';

/** The person's settings: kept in `settings.json`, with overrides of one run on top that are never written. */
export class SettingsStore {
  readonly #file: StateFile | null;
  #overrides: Partial<Settings>;
  readonly #changed = new Emitter<Settings>();
  #kept: Settings;

  readonly onDidChange = this.#changed.event;

  private constructor(file: StateFile | null, kept: Settings, overrides: Partial<Settings>) {
    this.#file = file;
    this.#kept = kept;
    this.#overrides = overrides;
  }

  /** `onBroken` hears the name of a file that made no sense and was set aside. */
  static async open(
    stateFolder: string | null,
    overrides: Partial<Settings>,
    clock: Clock,
    onBroken: (file: string) => void,
  ): Promise<SettingsStore> {
    if (stateFolder === null) return new SettingsStore(null, defaultSettings, overrides);
    const file = new StateFile(join(stateFolder, 'settings.json'));
    const { value, wasBroken } = await file.read(parseSettings, defaultSettings, clock.now());
    if (wasBroken) onBroken(file.name);
    return new SettingsStore(file, value, overrides);
  }

  get(): Settings {
    return { ...this.#kept, ...this.#overrides };
  }

  /** Checks, keeps and applies a change, also of what this run overrode. Throws INVALID_ARGUMENT, with everything as it was. */
  async set(change: Partial<Settings>): Promise<Settings> {
    const next = settingsSchema.safeParse({ ...this.#kept, ...change });
    if (!next.success) {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: next.error.issues[0]?.message ?? 'settings' });
    }
    const before = this.#kept;
    this.#kept = next.data;
    try {
      await this.#file?.write(() => `${JSON.stringify(this.#kept, null, 2)}\n`);
    } catch (error) {
      this.#kept = before;
      throw AppError.from(error);
    }
    const kept = Object.entries(this.#overrides).filter(([key]) => !(key in change));
    this.#overrides = Object.fromEntries(kept);
    this.#changed.fire(this.get());
    return this.get();
  }
}

/** Bytes that all versions may take together: as set, else half of the computer's. */
export const memoryBudget = ({ memoryBudgetBytes }: Settings): number =>
  memoryBudgetBytes ?? Math.floor(totalmem() / 2);

/** A setting that an older or newer Slipway wrote and this one cannot read falls back to its default; the others stay. */
function parseSettings(text: string): Settings {
  const kept: unknown = JSON.parse(text);
  if (typeof kept !== 'object' || kept === null) throw new Error('Settings are not an object');
  const readable = Object.entries(kept).filter(
    ([key, value]) => settingsSchema.partial().safeParse({ [key]: value }).success,
  );
  return settingsSchema.parse({ ...defaultSettings, ...Object.fromEntries(readable) });
}
