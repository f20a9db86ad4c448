import type { Translator } from '../../messages/translator';
import type { TableFacts } from './table-facts';

export const sizeWords = (t: Translator['t'], { rows, dimension }: TableFacts): string =>
  t('tables.sizeOf', { rows, dimension });

export const typeWords = (t: Translator['t'], { dtype }: TableFacts): string =>
  dtype === 'string' ? t('tables.typeText') : dtype;

const formats = ['csv', 'tsv', 'hashmap', 'json', 'jsonl', 'word2vec', 'npy'] as const;

export function formatWords(t: Translator['t'], { format }: TableFacts): string {
  const known = formats.find((each) => each === format);
  return known === undefined ? format : t(`tables.format.${known}`);
}
