import type { BatchingSettings, ExecutionProvider, RunningSettings } from '../../../app/contract/running';

/** What is typed; empty stands for the default. */
export type RunningText =
  | 'maxBatchSize'
  | 'batchTimeoutMs'
  | 'maxEnqueuedBatches'
  | 'allowedBatchSizes'
  | 'maxExecutionBatchSize'
  | 'instances'
  | 'intraOpThreads'
  | 'memoryCapMb';

/** How a model is to be run, while it is put together: numbers are texts, so that whatever is typed stays. */
export interface RunningDraft {
  /** What `own` says is kept while another is looked at. */
  readonly batching: 'automatic' | 'off' | 'own';
  readonly texts: Readonly<Record<RunningText, string>>;
  readonly isSplitting: boolean;
  readonly isPadding: boolean;
  readonly answersFromLastGood: boolean;
  /** Null leaves it to the version's folder, or cpu. */
  readonly executionProvider: ExecutionProvider | null;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** What each number may be. A version's process takes some memory before it holds a model. */
export const bounds: Readonly<Record<Exclude<RunningText, 'allowedBatchSizes'>, Bounds>> = {
  maxBatchSize: { least: 1, most: 100_000 },
  batchTimeoutMs: { least: 0, most: 60_000 },
  maxEnqueuedBatches: { least: 0, most: 1_000_000 },
  maxExecutionBatchSize: { least: 1, most: 100_000 },
  instances: { least: 1, most: 64 },
  intraOpThreads: { least: 1, most: 256 },
  memoryCapMb: { least: 100, most: 4_000_000 },
};

export type RunningRead =
  | { readonly ok: true; readonly running: RunningSettings }
  | { readonly ok: false; readonly wrong: readonly RunningText[] };

const bytesPerMb = 1_000_000;
const microsPerMs = 1_000;
const text = (value: number | undefined): string => (value === undefined ? '' : String(value));

export function draftOf({
  batching,
  instances,
  intraOpThreads,
  memoryCapBytes,
  answerFromLastGood,
  executionProvider,
}: RunningSettings): RunningDraft {
  const own = batching === 'off' ? {} : (batching ?? {});
  return {
    batching: batching === undefined ? 'automatic' : batching === 'off' ? 'off' : 'own',
    texts: {
      maxBatchSize: text(own.maxBatchSize),
      batchTimeoutMs: text(
        own.batchTimeoutMicros === undefined ? undefined : own.batchTimeoutMicros / microsPerMs,
      ),
      maxEnqueuedBatches: text(own.maxEnqueuedBatches),
      allowedBatchSizes: (own.allowedBatchSizes ?? []).join(', '),
      maxExecutionBatchSize: text(own.maxExecutionBatchSize),
      instances: text(instances),
      intraOpThreads: text(intraOpThreads),
      memoryCapMb: text(memoryCapBytes === undefined ? undefined : memoryCapBytes / bytesPerMb),
    },
    isSplitting: own.enableLargeBatchSplitting ?? false,
    isPadding: own.padVariableLengthInputs ?? false,
    answersFromLastGood: answerFromLastGood ?? false,
    executionProvider: executionProvider ?? null,
  };
}

/** The settings that a draft says, without what is as by default; or which of its texts are wrong. */
export function readDraft(draft: RunningDraft): RunningRead {
  const wrong: RunningText[] = [];
  const number = (field: keyof typeof bounds, factor = 1): number | undefined => {
    const typed = draft.texts[field].trim();
    if (typed === '') return undefined;
    const { least, most } = bounds[field];
    const value = Number(typed);
    const isGood = factor === 1 ? /^\d{1,9}$/.test(typed) : /^\d{1,9}(\.\d{1,3})?$/.test(typed);
    if (!isGood || value < least || value > most) wrong.push(field);
    return Math.round(value * factor);
  };
  const running = {
    batching:
      draft.batching === 'own'
        ? ownBatching(draft, number, wrong)
        : draft.batching === 'off'
          ? draft.batching
          : undefined,
    instances: number('instances'),
    intraOpThreads: number('intraOpThreads'),
    memoryCapBytes: number('memoryCapMb', bytesPerMb),
    answerFromLastGood: draft.answersFromLastGood || undefined,
    executionProvider: draft.executionProvider ?? undefined,
  };
  return wrong.length > 0 ? { ok: false, wrong } : { ok: true, running: definedOnly(running) };
}

function ownBatching(
  { texts, isSplitting, isPadding }: RunningDraft,
  number: (field: keyof typeof bounds, factor?: number) => number | undefined,
  wrong: RunningText[],
): BatchingSettings {
  const sizes = texts.allowedBatchSizes.split(/[\s,;]+/).filter(Boolean);
  const allowed = sizes.map(Number);
  const isGood =
    sizes.every((size) => /^[1-9]\d{0,5}$/.test(size)) &&
    allowed.every((size, index) => index === 0 || size > (allowed[index - 1] ?? 0));
  if (!isGood) wrong.push('allowedBatchSizes');
  return definedOnly({
    maxBatchSize: number('maxBatchSize'),
    batchTimeoutMicros: number('batchTimeoutMs', microsPerMs),
    maxEnqueuedBatches: number('maxEnqueuedBatches'),
    allowedBatchSizes: allowed.length > 0 ? allowed : undefined,
    enableLargeBatchSplitting: isSplitting || undefined,
    maxExecutionBatchSize: isSplitting ? number('maxExecutionBatchSize') : undefined,
    padVariableLengthInputs: isPadding || undefined,
  });
}

/** Would applying the draft change anything? */
export const isChanged = (draft: RunningDraft, running: RunningSettings): boolean =>
  JSON.stringify(draft) !== JSON.stringify(draftOf(running));

/** Does what the draft changes need the versions to be loaded anew? */
export function needsReload(draft: RunningDraft, running: RunningSettings): boolean {
  const { answersFromLastGood } = draftOf(running);
  return isChanged({ ...draft, answersFromLastGood }, running);
}

const definedOnly = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
