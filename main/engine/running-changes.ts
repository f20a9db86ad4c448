import { isDeepStrictEqual } from 'node:util';
import { type RunningSettings, runningSettingsSchema } from '../../app/contract/running';

type Setting = keyof RunningSettings;
const settings = Object.keys(runningSettingsSchema.shape) as readonly Setting[];
/** Settings that are looked at with every request, and not when a version is loaded. */
const withoutReload: ReadonlySet<Setting> = new Set(['answerFromLastGood']);

/** Without what is there but undefined, so that what means the same is the same. */
export const definedOnly = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
      part === undefined ? [] : [[key, isPlain(part) ? definedOnly(part) : part]],
    ),
  ) as T;

/** Which settings differ between two. */
export const changedSettings = (before: RunningSettings, after: RunningSettings): readonly Setting[] =>
  settings.filter((setting) => !isDeepStrictEqual(before[setting], after[setting]));

/** `before` with these settings as they are in `after`, or without them where they are not in it. */
export const withSettings = (
  before: RunningSettings,
  after: RunningSettings,
  changed: readonly Setting[],
): RunningSettings =>
  definedOnly({ ...before, ...Object.fromEntries(changed.map((setting) => [setting, after[setting]])) });

/** Do versions have to be loaded anew for the change? */
export const needsReload = (before: RunningSettings, after: RunningSettings): boolean =>
  changedSettings(before, after).some((setting) => !withoutReload.has(setting));

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
