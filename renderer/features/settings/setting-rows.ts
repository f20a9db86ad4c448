import { defaultSettings, type Settings } from '../../../app/contract/settings';
import type { MessageId } from '../../messages/en';

export const sectionIds = ['appearance', 'models', 'memory', 'jobs', 'shortcuts', 'about'] as const;
export type SectionId = (typeof sectionIds)[number];

type Key = keyof Settings;
type ChoiceKey = 'theme' | 'density' | 'defaultSwitching';
type NumberKey = 'maxLoadRetries' | 'stabilityMs' | 'safetyScanMs';

interface RowBase<K extends Key> {
  readonly key: K;
  readonly section: SectionId;
}

/** One of a few values, each with its word. */
export interface ChoiceRow extends RowBase<ChoiceKey> {
  readonly kind: 'choice';
  readonly choices: readonly { readonly value: string; readonly label: MessageId }[];
}

/** A whole number within bounds, shown in a unit: `shown = kept / scale`. */
export interface NumberRow extends RowBase<NumberKey> {
  readonly kind: 'number';
  readonly unit: MessageId | null;
  readonly scale: number;
  readonly least: number;
  readonly most: number;
}

export interface MemoryRow extends RowBase<'memoryBudgetBytes'> {
  readonly kind: 'memory';
}

/** On or off. */
export interface SwitchRow extends RowBase<'notifiesOfJobs'> {
  readonly kind: 'switch';
}
export type SettingRow = ChoiceRow | NumberRow | MemoryRow | SwitchRow;

/** Every setting that the engine keeps, in the order of the page. */
export const settingRows: readonly SettingRow[] = [
  {
    kind: 'choice',
    key: 'theme',
    section: 'appearance',
    choices: [
      { value: 'system', label: 'settings.theme.system' },
      { value: 'light', label: 'settings.theme.light' },
      { value: 'dark', label: 'settings.theme.dark' },
    ],
  },
  {
    kind: 'choice',
    key: 'density',
    section: 'appearance',
    choices: [
      { value: 'compact', label: 'settings.density.compact' },
      { value: 'comfortable', label: 'settings.density.comfortable' },
    ],
  },
  {
    kind: 'choice',
    key: 'defaultSwitching',
    section: 'models',
    choices: [
      { value: 'availabilityPreserving', label: 'policy.keepServing' },
      { value: 'resourcePreserving', label: 'policy.saveMemory' },
    ],
  },
  { kind: 'number', key: 'maxLoadRetries', section: 'models', unit: null, scale: 1, least: 0, most: 100 },
  {
    kind: 'number',
    key: 'stabilityMs',
    section: 'models',
    unit: 'settings.unit.ms',
    scale: 1,
    least: 0,
    most: 60_000,
  },
  {
    kind: 'number',
    key: 'safetyScanMs',
    section: 'models',
    unit: 'settings.unit.s',
    scale: 1_000,
    least: 1,
    most: 3_600,
  },
  { kind: 'memory', key: 'memoryBudgetBytes', section: 'memory' },
  { kind: 'switch', key: 'notifiesOfJobs', section: 'jobs' },
];

export const isDefault = (key: Key, settings: Settings): boolean => settings[key] === defaultSettings[key];

/** The whole number that was typed, if it lies within a row's bounds. */
export function readNumber(text: string, { least, most }: Pick<NumberRow, 'least' | 'most'>): number | null {
  if (!/^\d{1,9}$/.test(text.trim())) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
