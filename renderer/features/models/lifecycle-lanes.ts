import type { Lifecycle, Model, ModelEvent, Version } from '../../../app/contract/models';

/** A stretch of time that a version spent in one state. `endMs` is null while it lasts. */
export interface Segment {
  readonly state: Lifecycle;
  readonly startMs: number;
  readonly endMs: number | null;
}

export interface Lane {
  readonly version: number;
  readonly segments: readonly Segment[];
  /** Nothing is left of it, on disk or in memory: its segments have all ended. */
  readonly isGone: boolean;
}

/** A moment at which two versions were available at once while one took over from the other. */
export interface Handover {
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** A moment within the window at which no version was available, between two at which one was. */
export interface Gap {
  readonly startMs: number;
  readonly endMs: number;
}

const stateKinds: ReadonlySet<string> = new Set<Lifecycle>([
  'onDisk',
  'waiting',
  'loading',
  'available',
  'unloading',
  'unloaded',
  'failed',
]);
const isState = (kind: string): kind is Lifecycle => stateKinds.has(kind);

interface Step {
  readonly state: Lifecycle;
  readonly startMs: number;
}

const stepsOf = (events: readonly ModelEvent[]): Step[] =>
  events.flatMap(({ kind, atMs }) => (isState(kind) ? [{ state: kind, startMs: atMs }] : []));

/** `endMs` is when the last step ended. */
function segmentsOf(steps: readonly Step[], endMs: number | null): Segment[] {
  const merged = steps.filter((step, index) => step.state !== steps[index - 1]?.state);
  return merged.map((step, index) => ({ ...step, endMs: merged[index + 1]?.startMs ?? endMs }));
}

function laneOf(version: Version, events: readonly ModelEvent[]): Lane {
  const steps = stepsOf(events);
  // the model's own word on the present state wins over the log, which may have been cut
  const last = steps.at(-1);
  if (last?.state !== version.lifecycle) {
    steps.push({ state: version.lifecycle, startMs: Math.max(version.sinceMs, last?.startMs ?? 0) });
  }
  return { version: version.version, segments: segmentsOf(steps, null), isGone: false };
}

/** One lane for each version that the model has, or had as far as the event log goes back, newest first. */
export function lanesOf(model: Model, events: readonly ModelEvent[]): Lane[] {
  const ordered = events.filter((event) => event.model === model.name).sort((a, b) => a.atMs - b.atMs);
  const byVersion = new Map<number, ModelEvent[]>();
  for (const event of ordered) {
    if (event.version === null) continue;
    const its = byVersion.get(event.version);
    if (its) its.push(event);
    else byVersion.set(event.version, [event]);
  }
  const present = model.versions.map((version) => laneOf(version, byVersion.get(version.version) ?? []));
  const known = new Set(model.versions.map(({ version }) => version));
  const gone = [...byVersion].flatMap(([version, its]): Lane[] => {
    if (known.has(version)) return [];
    return [{ version, segments: segmentsOf(stepsOf(its), its.at(-1)?.atMs ?? 0), isGone: true }];
  });
  return [...present, ...gone].sort((a, b) => b.version - a.version);
}

/** The parts of a lane that lie within a window, cut at its edges. */
export function within(lane: Lane, fromMs: number, toMs: number): (Segment & { readonly endMs: number })[] {
  return lane.segments.flatMap(({ state, startMs, endMs }) => {
    const start = Math.max(startMs, fromMs);
    const end = Math.min(endMs ?? toMs, toMs);
    return end > start ? [{ state, startMs: start, endMs: end }] : [];
  });
}

const availableIn = (lanes: readonly Lane[], nowMs: number) =>
  lanes.flatMap(({ version, segments }) =>
    segments
      .filter(({ state }) => state === 'available')
      .map(({ startMs, endMs }) => ({ version, startMs, endMs: endMs ?? nowMs, hasEnded: endMs !== null })),
  );

/** Where one version became available before another left: what *Keep serving* looks like. */
export function handoversOf(lanes: readonly Lane[], nowMs: number): Handover[] {
  const spans = availableIn(lanes, nowMs);
  return spans
    .filter((old) => old.hasEnded)
    .flatMap((old) =>
      spans
        .filter((next) => next !== old && next.startMs > old.startMs && next.startMs < old.endMs)
        .filter((next) => next.endMs >= old.endMs)
        .map((next) => ({ from: old.version, to: next.version, startMs: next.startMs, endMs: old.endMs })),
    )
    .sort((a, b) => a.startMs - b.startMs);
}

/** When the last version left and nothing came in its place; null while one is available, or when none ever was. */
export function nothingSince(lanes: readonly Lane[], nowMs: number): number | null {
  const spans = availableIn(lanes, nowMs);
  if (spans.length === 0 || spans.some(({ hasEnded }) => !hasEnded)) return null;
  return Math.max(...spans.map(({ endMs }) => endMs));
}

/** Where nothing was available between two versions: what *Save memory* looks like. */
export function gapsOf(lanes: readonly Lane[], nowMs: number): Gap[] {
  const spans = availableIn(lanes, nowMs).sort((a, b) => a.startMs - b.startMs);
  const gaps: Gap[] = [];
  let coveredMs = spans[0]?.endMs ?? 0;
  for (const span of spans) {
    if (span.startMs > coveredMs) gaps.push({ startMs: coveredMs, endMs: span.startMs });
    coveredMs = Math.max(coveredMs, span.endMs);
  }
  return gaps;
}

const holdsMemory = (state: Lifecycle): boolean =>
  state === 'loading' || state === 'available' || state === 'unloading';

/** Bytes over time as steps, from what each version is known to take. */
export function memorySteps(
  lanes: readonly Lane[],
  bytesOf: (version: number) => number,
  fromMs: number,
  toMs: number,
): { readonly atMs: number; readonly bytes: number }[] {
  const held = lanes.flatMap((lane) =>
    within(lane, fromMs, toMs)
      .filter(({ state }) => holdsMemory(state))
      .map(({ startMs, endMs }) => ({ startMs, endMs, bytes: bytesOf(lane.version) })),
  );
  const moments = [...new Set([fromMs, ...held.flatMap(({ startMs, endMs }) => [startMs, endMs])])]
    .filter((atMs) => atMs < toMs)
    .sort((a, b) => a - b);
  return moments.map((atMs) => ({
    atMs,
    bytes: held
      .filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)
      .reduce((sum, { bytes }) => sum + bytes, 0),
  }));
}
