import { isDeepStrictEqual } from 'node:util';
import type { Description, InferenceNote, Preprocessing } from '../../../../app/contract/inference';
import { note } from './note';

/** One note for each part of the preprocessing. */
export type PreprocessingNotes = Omit<NonNullable<Description['notes']>, 'labels'>;

/** Preprocessing settings with the reason of each part. */
export interface Settings {
  readonly preprocessing: Preprocessing;
  readonly notes: PreprocessingNotes;
}

/** Settings that win over others, for one reason; what is omitted stays. */
export interface Override {
  readonly preprocessing: { readonly [K in keyof Preprocessing]?: Preprocessing[K] | undefined };
  readonly note: InferenceNote;
}

/** Which note speaks of which part. */
const noteOf = {
  width: 'size',
  height: 'size',
  layout: 'layout',
  channels: 'channels',
  resize: 'resize',
  values: 'values',
  output: 'output',
} as const satisfies Record<keyof Preprocessing, keyof PreprocessingNotes>;

/** `settings` with what `override` says put in place. */
export function overrideSettings(settings: Settings, override: Override): Settings {
  const preprocessing: Record<string, unknown> = { ...settings.preprocessing };
  const notes: Record<string, InferenceNote> = { ...settings.notes };
  for (const [key, value] of Object.entries(override.preprocessing)) {
    if (value === undefined) continue;
    preprocessing[key] = value;
    notes[noteOf[key as keyof Preprocessing]] = override.note;
  }
  return { preprocessing: preprocessing as Preprocessing, notes: notes as unknown as PreprocessingNotes };
}

export const setByPerson = (preprocessing: Override['preprocessing']): Override => ({
  preprocessing,
  note: note('set', 'setByPerson'),
});

/**
 * Of a person's settings those that say something: what differs from what was inferred, what was only guessed and is now said to be right, and
 * what was `told` when the model was loaded, since the rest may have been inferred from it. Null when nothing is left.
 */
export function ownSettings(
  chosen: Override['preprocessing'],
  inferred: Settings,
  told: Override['preprocessing'],
): Partial<Preprocessing> | null {
  const own = (Object.entries(chosen) as [keyof Preprocessing, unknown][]).filter(
    ([key, value]) =>
      value !== undefined &&
      (key in told ||
        inferred.notes[noteOf[key]].certainty === 'guess' ||
        !isDeepStrictEqual(value, inferred.preprocessing[key])),
  );
  return own.length === 0 ? null : Object.fromEntries(own);
}
