import type { WireError } from '../../base/errors';
import type { InferenceNote } from '../inference';
import { errorTexts } from './errors.en';
import { reasonTexts } from './reasons.en';

/** What happened and why, on one line: the catalogue's text, with the technical detail where the text has none of its own. */
export function explainError(error: WireError): string {
  if (saysAllItself(error)) return error.detail.endsWith('.') ? error.detail : `${error.detail}.`;
  const text = fill(errorTexts[error.code].text, error.params);
  return saysMore(error) && !text.includes(error.detail) ? `${text} (${error.detail})` : text;
}

/** The same with what to do next. */
export function describeError(error: WireError): string {
  const next = saysAllItself(error) ? undefined : nextStep(error);
  return next === undefined ? explainError(error) : `${explainError(error)} ${next}`;
}

const saysMore = ({ code, detail }: WireError): boolean => detail !== '' && detail !== code;

/** Of these the catalogue only knows that something does not fit: what and why stands in the detail. */
const saysAllItself = (error: WireError): boolean =>
  (error.code === 'INVALID_ARGUMENT' || error.code === 'FAILED_PRECONDITION') && saysMore(error);

/** What to do next alone, where there is something. */
export function nextStep({ code, params }: WireError): string | undefined {
  const { next } = errorTexts[code];
  return next === undefined ? undefined : fill(next, params);
}

/** A note as a sentence; its key where the catalogue does not know it. */
export const explainNote = ({ reason, params }: Pick<InferenceNote, 'reason' | 'params'>): string =>
  fill((reasonTexts as Readonly<Record<string, string>>)[reason] ?? reason, params);

function fill(text: string, params: WireError['params']): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) return fallbacks[name] ?? 'it';
    return name.endsWith('Bytes') && Number.isFinite(Number(value)) ? formatBytes(Number(value)) : value;
  });
}

/** Words for a param that whoever threw the error did not know. */
const fallbacks: Readonly<Record<string, string>> = {
  model: 'The model',
  name: 'It',
  version: 'of this number',
  needBytes: 'more memory than there is',
  freeBytes: 'too few bytes',
  totalBytes: 'all',
  file: 'a data file',
  label: 'of this name',
  operators: 'see the details',
};

function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: units[step] ?? 'byte',
    maximumSignificantDigits: 3,
  }).format(bytes / 1000 ** step);
}
