import { type Description, type Preprocessing, preprocessingSchema } from '../../../app/contract/inference';
import { findPreset, type PresetId, presetIds, presetValues } from './value-presets';

type Channels = Preprocessing['channels'];
type Layout = Preprocessing['layout'];
type ResizeKind = Preprocessing['resize']['kind'];
type OutputForm = Preprocessing['output'];

/** What a person is changing: numbers are text until they are kept, so that "1." and "" can be typed. */
export interface PreprocessingDraft {
  readonly width: string;
  readonly height: string;
  readonly layout: Layout;
  readonly channels: Channels;
  readonly resize: ResizeKind;
  readonly shortSide: string;
  readonly preset: PresetId | 'custom';
  readonly scale: string;
  /** One entry a channel, in the order of `channels`. */
  readonly mean: readonly string[];
  readonly std: readonly string[];
  readonly output: OutputForm;
}

export type DraftField = 'width' | 'height' | 'shortSide' | 'scale' | 'mean' | 'std';
export type DraftProblem =
  | 'notPositiveInteger'
  | 'tooLarge'
  | 'shortSideTooSmall'
  | 'notANumber'
  | 'notPositive';

/** What the model's signature leaves open. */
export interface Freedom {
  readonly isSizeFixed: boolean;
  readonly layouts: readonly Layout[];
  readonly channels: readonly Channels[];
}

const largestSide = 8192;
const channelCount = (channels: Channels): number => (channels === 'grey' ? 1 : 3);

export function toDraft(preprocessing: Preprocessing): PreprocessingDraft {
  const { width, height, layout, channels, resize, values, output } = preprocessing;
  return {
    width: String(width),
    height: String(height),
    layout,
    channels,
    resize: resize.kind,
    shortSide: String(resize.kind === 'shortSideCrop' ? resize.shortSide : defaultShortSide(width, height)),
    preset: findPreset(values, channels) ?? 'custom',
    ...valueTexts(values, channels),
    output,
  };
}

/** ImageNet's habit: the picture is scaled to 256 where 224 are cut out. */
const defaultShortSide = (width: number, height: number): number =>
  Math.round((Math.min(width, height) * 256) / 224);

function valueTexts(
  { scale, mean, std }: Preprocessing['values'],
  channels: Channels,
): Pick<PreprocessingDraft, 'scale' | 'mean' | 'std'> {
  const perChannel = (numbers: readonly number[]): string[] =>
    Array.from({ length: channelCount(channels) }, (_, at) => formatNumber(numbers[at] ?? numbers[0] ?? 0));
  return { scale: formatNumber(scale), mean: perChannel(mean), std: perChannel(std) };
}

/** Up to seven significant digits, which is all that float32 holds. */
export const formatNumber = (value: number): string => String(Number(value.toPrecision(7)));

/** Choosing a preset fills in its numbers, choosing "custom" keeps those that are there. */
export function choosePreset(draft: PreprocessingDraft, preset: PresetId | 'custom'): PreprocessingDraft {
  const values = preset === 'custom' ? null : presetValues(preset, draft.channels);
  if (preset !== 'custom' && values === null) return draft;
  return { ...draft, preset, ...(values && valueTexts(values, draft.channels)) };
}

/** Numbers follow their colour: from RGB to BGR they change places. */
export function chooseChannels(draft: PreprocessingDraft, channels: Channels): PreprocessingDraft {
  if (channels === draft.channels) return draft;
  const wasReversed = draft.channels !== 'grey' && channels !== 'grey';
  const move = (texts: readonly string[]): readonly string[] =>
    wasReversed ? texts.toReversed() : Array.from({ length: channelCount(channels) }, () => texts[0] ?? '0');
  const moved = { ...draft, channels, mean: move(draft.mean), std: move(draft.std) };
  if (draft.preset === 'custom') return moved;
  return presetValues(draft.preset, channels) === null
    ? choosePreset(moved, 'zeroOne')
    : choosePreset(moved, draft.preset);
}

/** The presets that fit the channels. */
export const presetsFor = (channels: Channels): readonly PresetId[] =>
  presetIds.filter((id) => presetValues(id, channels) !== null);

export type DraftResult =
  | { readonly ok: true; readonly preprocessing: Preprocessing }
  | { readonly ok: false; readonly problems: Readonly<Partial<Record<DraftField, DraftProblem>>> };

/** What would be kept, or what is wrong with it, field by field. */
export function readDraft(draft: PreprocessingDraft): DraftResult {
  const problems: Partial<Record<DraftField, DraftProblem>> = {};
  const note = (field: DraftField, problem: DraftProblem | null): void => {
    if (problem !== null) problems[field] = problem;
  };
  const [width, height, shortSide] = [
    toNumber(draft.width),
    toNumber(draft.height),
    toNumber(draft.shortSide),
  ];
  note('width', sideProblem(width));
  note('height', sideProblem(height));
  if (draft.resize === 'shortSideCrop') {
    const isTooSmall = shortSide < Math.max(width, height);
    note('shortSide', sideProblem(shortSide) ?? (isTooSmall ? 'shortSideTooSmall' : null));
  }
  const preset = draft.preset === 'custom' ? null : presetValues(draft.preset, draft.channels);
  const values = preset ?? {
    scale: toNumber(draft.scale),
    mean: collapse(draft.mean.map(toNumber)),
    std: collapse(draft.std.map(toNumber)),
  };
  note('scale', Number.isFinite(values.scale) ? null : 'notANumber');
  note('mean', values.mean.every(Number.isFinite) ? null : 'notANumber');
  note('std', stdProblem(values.std));
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const { layout, channels, output } = draft;
  const resize =
    draft.resize === 'shortSideCrop' ? { kind: draft.resize, shortSide } : { kind: draft.resize };
  return {
    ok: true,
    preprocessing: preprocessingSchema.parse({ width, height, layout, channels, resize, values, output }),
  };
}

const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));

/** One number stands for all channels when all are the same. */
const collapse = (numbers: readonly number[]): number[] =>
  numbers.every((number) => number === numbers[0]) ? numbers.slice(0, 1) : [...numbers];

function sideProblem(side: number): DraftProblem | null {
  if (!Number.isInteger(side) || side <= 0) return 'notPositiveInteger';
  return side > largestSide ? 'tooLarge' : null;
}

function stdProblem(std: readonly number[]): DraftProblem | null {
  if (!std.every(Number.isFinite)) return 'notANumber';
  return std.every((number) => number > 0) ? null : 'notPositive';
}

/** What the shape of the picture input leaves open; a named or nameless dimension is free. */
export function freedomOf({ inputs }: Description, { layout }: Preprocessing): Freedom {
  const shape = inputs[0]?.shape ?? [];
  const isFixed = (at: number): boolean => typeof shape[at] === 'number';
  if (layout === 'flat') {
    const size = shape.at(-1);
    const isGrey = typeof size === 'number' && Number.isInteger(Math.sqrt(size));
    return { isSizeFixed: true, layouts: ['flat'], channels: isGrey ? ['grey'] : ['rgb', 'bgr'] };
  }
  if (layout === 'hw') return { isSizeFixed: isFixed(1) && isFixed(2), layouts: ['hw'], channels: ['grey'] };
  const layouts = (['nchw', 'nhwc'] as const).filter(
    (each) => each === layout || isChannelDimension(shape[each === 'nchw' ? 1 : 3]),
  );
  const sides = layout === 'nchw' ? [2, 3] : [1, 2];
  const channelDimension = shape[layout === 'nchw' ? 1 : 3];
  return { isSizeFixed: sides.every(isFixed), layouts, channels: channelsFor(channelDimension) };
}

const isChannelDimension = (size: number | string | undefined): boolean =>
  typeof size === 'string' || size === 1 || size === 3 || size === 4;

function channelsFor(size: number | string | undefined): readonly Channels[] {
  if (size === 1) return ['grey'];
  return typeof size === 'number' ? ['rgb', 'bgr'] : ['rgb', 'bgr', 'grey'];
}

/** Parts of the preprocessing, as the table lists them. */
export const preprocessingParts = ['size', 'resize', 'layout', 'channels', 'values', 'output'] as const;
export type PreprocessingPart = (typeof preprocessingParts)[number];

/** Does this part differ from what was inferred? */
export function isPartChanged(part: PreprocessingPart, now: Preprocessing, inferred: Preprocessing): boolean {
  switch (part) {
    case 'size':
      return now.width !== inferred.width || now.height !== inferred.height;
    case 'resize':
      return JSON.stringify(now.resize) !== JSON.stringify(inferred.resize);
    case 'values':
      return JSON.stringify(now.values) !== JSON.stringify(inferred.values);
    default:
      return now[part] !== inferred[part];
  }
}
