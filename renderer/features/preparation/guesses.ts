import type { Description, InferenceNote, Preprocessing } from '../../../app/contract/inference';
import type { Translator } from '../../messages/translator';
import {
  freedomOf,
  type PreprocessingPart,
  preprocessingParts,
  presetsFor,
} from '../playground/preprocessing-form';
import { partWords } from '../playground/preprocessing-words';
import { findPreset } from '../playground/value-presets';

/** A part of the preprocessing that nothing in the file told. */
export interface Guess {
  readonly part: PreprocessingPart;
  /** What was taken. */
  readonly words: string;
  readonly note: InferenceNote;
  /** What else is usual, in words. */
  readonly others: readonly string[];
}

/** Sides of pictures that models of any size are made for, most common first. */
const usualSides = [224, 256, 299, 384] as const;

/** What of a version's preprocessing is a guess; empty for what is no classifier, and once a person has said how it is. */
export function guessesOf(description: Description, t: Translator['t']): readonly Guess[] {
  const { notes, preprocessing } = description;
  if (!notes || !preprocessing) return [];
  return preprocessingParts.flatMap((part) => {
    const note = notes[part];
    if (note.certainty !== 'guess') return [];
    const preset = part === 'values' ? findPreset(preprocessing.values, preprocessing.channels) : null;
    const words = preset ? t(`playground.preset.${preset}`) : partWords(t, part, preprocessing);
    return [{ part, words, note, others: othersOf(part, description, preprocessing, t) }];
  });
}

function othersOf(
  part: PreprocessingPart,
  description: Description,
  now: Preprocessing,
  t: Translator['t'],
): readonly string[] {
  switch (part) {
    case 'size':
      return usualSides
        .filter((side) => side !== now.width)
        .map((side) => t('playground.size', { width: side, height: side }));
    case 'values':
      return presetsFor(now.channels)
        .filter((preset) => preset !== findPreset(now.values, now.channels))
        .map((preset) => t(`playground.preset.${preset}`));
    case 'channels':
      return freedomOf(description, now)
        .channels.filter((channels) => channels !== now.channels)
        .map((channels) => t(`playground.channels.${channels}`));
    case 'layout':
      return freedomOf(description, now)
        .layouts.filter((layout) => layout !== now.layout)
        .map((layout) => t(`playground.layout.${layout}`));
    case 'resize':
      return (['shortSideCrop', 'squash', 'letterbox'] as const)
        .filter((kind) => kind !== now.resize.kind)
        .map((kind) => t(`playground.resizeName.${kind}`));
    case 'output':
      return [];
  }
}
