import Table from 'cli-table3';
import type { WireError } from '../../app/base/errors';
import type { ClassProbability, Timings } from '../../app/contract/inference';
import { describeError } from '../../app/contract/messages/error-text';

/** What one version said about one picture. */
export interface Answer {
  readonly image: string;
  readonly model: string;
  /** Null where a route was asked and chose none. */
  readonly version: number | null;
  /** The arm of a route that answered, and the id of the answer for feedback. */
  readonly arm?: string;
  readonly requestId?: string;
  readonly result:
    | {
        readonly ok: true;
        readonly value: {
          readonly classes: readonly Omit<ClassProbability, 'raw'>[];
          readonly timingsMs: Timings;
        };
      }
    | { readonly ok: false; readonly error: WireError };
}

const fixed = { version: 9, arm: 12, probability: 13, time: 11 };
const borders = 5;
const narrowestLabel = 12;
const widestLabel = 48;

const percent = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const milliseconds = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A table for one picture: its versions in the order asked, their classes below each other. Never wider than `columns`. */
export function drawAnswers(answers: readonly Answer[], columns: number): string {
  const hasArms = answers.some(({ arm }) => arm !== undefined);
  const armWidth = hasArms ? fixed.arm + 1 : 0;
  const taken = fixed.version + armWidth + fixed.probability + fixed.time + borders;
  const label = Math.max(narrowestLabel, Math.min(widestLabel, columns - taken));
  const table = new Table({
    head: ['Version', ...(hasArms ? ['Arm'] : []), 'Class', 'Probability', 'Time'],
    colWidths: [fixed.version, ...(hasArms ? [fixed.arm] : []), label, fixed.probability, fixed.time],
    colAligns: ['right', ...(hasArms ? (['left'] as const) : []), 'left', 'right', 'right'],
    style: { head: [], border: [] },
    wordWrap: false,
  });
  for (const { version, arm = '', result } of answers) {
    const first = [version === null ? '' : String(version), ...(hasArms ? [clip(arm, fixed.arm - 2)] : [])];
    if (!result.ok) {
      const width = label + fixed.probability + fixed.time;
      table.push([...first, { colSpan: 3, content: wrap(describeError(result.error), width) }]);
      continue;
    }
    const { classes, timingsMs } = result.value;
    const totalMs = timingsMs.queue + timingsMs.decode + timingsMs.preprocess + timingsMs.run;
    const shown = classes.map((it) => clip(it.label, label - 2));
    table.push([
      ...first,
      shown.join('\n'),
      classes.map((it) => formatShare(it.probability)).join('\n'),
      `${milliseconds.format(totalMs)} ms`,
    ]);
  }
  return `${answers[0]?.image ?? ''}\n${table.toString()}\n`;
}

function formatShare(share: number): string {
  return share > 0 && share < 0.001 ? '< 0.1%' : percent.format(share);
}

function clip(text: string, width: number): string {
  const letters = [...text.replace(/\s+/g, ' ')];
  return letters.length <= width ? letters.join('') : `${letters.slice(0, width - 1).join('')}…`;
}

function wrap(text: string, width: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}
