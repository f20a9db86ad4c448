import type { Translator } from '../../messages/translator';
import { agreementKind } from './agreement';
import type { ColumnView } from './column-view';
import type { ComparisonRow } from './comparison';
import { toCsv } from './csv';
import { probabilityDelta } from './delta';

/** The table as a file: a line a picture, four fields a version, and the notes below it. */
export function comparisonCsv(
  t: Translator['t'],
  columns: readonly ColumnView[],
  rows: readonly ComparisonRow[],
  notes: readonly string[],
): string {
  const parts = ['answer', 'probability', 'change', 'runMs'] as const;
  const head = [
    t('compare.csv.picture'),
    t('compare.csv.agreement'),
    ...columns.flatMap(({ name }) => parts.map((part) => t(`compare.csv.${part}`, { column: name }))),
  ];
  const baselineAt = columns.findIndex(({ isBaseline }) => isBaseline);
  const lines = rows.map(({ name, agreement, cells }) => {
    const baseline = cells[baselineAt];
    const words = agreement
      ? t(`compare.agreement.${agreementKind(agreement)}`, { ...agreement })
      : t('compare.agreement.none');
    return [
      name,
      words,
      ...cells.flatMap((cell, at) => {
        if (cell.kind === 'failed')
          return [t('compare.csv.error', { code: cell.error.code }), null, null, null];
        if (cell.kind !== 'answered') return [null, null, null, null];
        const { top, runMs } = cell.answer;
        const delta =
          at === baselineAt || baseline?.kind !== 'answered'
            ? null
            : probabilityDelta(baseline.answer, cell.answer);
        return [top[0]?.label ?? null, top[0]?.probability ?? null, delta?.value ?? null, runMs];
      }),
    ];
  });
  return toCsv([head, ...lines, [], ...notes.map((note) => [note])]);
}

/** Hands a text to the person as a file, by the browser's own download. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the download reads it after the click
}
