import { basename } from 'node:path';
import Table from 'cli-table3';
import { AppError } from '../../app/base/errors';
import type { Preprocessing, PreprocessingRanking, RankedPreprocessing } from '../../app/contract/inference';
import { readPicture } from '../runner/picture-file';
import { exitCodes } from './exit-codes';
import { type LabelledFile, labelledPictures } from './labelled-pictures';
import type { Lifetime } from './lifetime';
import { openModel } from './open-model';

export interface PreprocessRun {
  readonly basePath: string;
  readonly version: number | undefined;
  /** The file or folder that says what the pictures show. */
  readonly labelled: string;
  readonly listsAll: boolean;
  readonly applies: boolean;
  readonly isJson: boolean;
  readonly runnerPath: string;
}

const firstShown = 5;

/** Ranks the usual ways to prepare pictures, prints them, and keeps the best if asked to. Resolves to the exit code; throws `UsageError`. */
export async function runPreprocess(run: PreprocessRun, lifetime: Lifetime): Promise<number> {
  const files = await labelledPictures(run.labelled);
  const pictures = await Promise.all(files.map(readLabelled));
  const { engine, name, version } = await openModel(run.basePath, run.version, lifetime, run.runnerPath);
  const ranking = await engine.inference.rankPreprocessings(name, version, pictures, lifetime.signal);
  const [best] = ranking.ranked;
  const isWanted = run.applies && best !== undefined && !best.isCurrent;
  const isApplied =
    isWanted && (await engine.inference.setPreprocessing(name, version, best.preprocessing)).isKeptInFolder;
  process.stdout.write(
    run.isJson
      ? `${JSON.stringify({ model: name, version, ...ranking, isApplied }, null, 2)}\n`
      : `${drawRanking(ranking, run.listsAll)}\n${verdict(ranking, isApplied)}\n`,
  );
  if (!isWanted || isApplied) return exitCodes.done;
  process.stderr.write('The folder of the version cannot be written to, so nothing was kept.\n');
  return exitCodes.unanswered;
}

/** Throws what `readPicture` throws, with the name of the file. */
async function readLabelled({ path, label }: LabelledFile) {
  try {
    return { picture: await readPicture(path), label };
  } catch (thrown) {
    const { code, params, message } = AppError.from(thrown);
    throw new AppError(code, params, { detail: `${basename(path)}: ${message}`, cause: thrown });
  }
}

function drawRanking({ ranked, pictureCount }: PreprocessingRanking, listsAll: boolean): string {
  const table = new Table({
    head: ['', 'Right', 'Margin', 'Channels', 'Values', 'Resize'],
    colAligns: ['right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const [place, it] of ranked.slice(0, listsAll ? ranked.length : firstShown).entries())
    table.push(rowOf(it, place, pictureCount));
  return table.toString();
}

const rowOf = (
  { preprocessing, accuracy, margin, isCurrent }: RankedPreprocessing,
  place: number,
  pictureCount: number,
): string[] => [
  `${isCurrent ? '* ' : ''}${place + 1}`,
  `${Math.round(accuracy * pictureCount)} of ${pictureCount}`,
  margin.toFixed(2),
  preprocessing.channels,
  valueWords(preprocessing.values),
  resizeWords(preprocessing.resize),
];

function valueWords({ scale, mean, std }: Preprocessing['values']): string {
  const numbers = (them: readonly number[]): string => them.map((it) => Number(it.toPrecision(4))).join(' ');
  const scaled = scale === 1 ? 'v' : `v * ${Number(scale.toPrecision(4))}`;
  const centred = mean.every((it) => it === 0) ? scaled : `(${scaled} - ${numbers(mean)})`;
  return std.every((it) => it === 1) ? centred : `${centred} / ${numbers(std)}`;
}

const resizeWords = (resize: Preprocessing['resize']): string =>
  resize.kind === 'shortSideCrop' ? `short side ${resize.shortSide}, centre` : resize.kind;

function verdict({ ranked }: PreprocessingRanking, isApplied: boolean): string {
  if (isApplied) return 'The first one is kept in slipway.json.';
  return ranked[0]?.isCurrent
    ? 'It is right as it is (*).'
    : '* is how it is now. --apply keeps the first one in slipway.json.';
}
