import type { AnswerGist, Outcome } from '../../app/contract/routes';
import { LogHistogram } from './log-histogram';
import { RepetitionSketch } from './repetition-sketch';

/** What is counted of one arm under one rule. Raw: whoever judges the arms needs no more, and nothing here can be recounted. */
export class ArmCounts {
  requests = 0;
  failed = 0;
  fellBack = 0;
  overflowed = 0;
  /** How often the split chose this arm, whoever answered then. */
  picked = 0;
  right = 0;
  wrong = 0;
  confidenceCount = 0;
  confidenceSum = 0;
  confidenceSquares = 0;
  latency = new LogHistogram();

  static from({ latency, ...rest }: ArmCountsJson): ArmCounts {
    return Object.assign(new ArmCounts(), rest, { latency: LogHistogram.from(latency) });
  }

  add(other: ArmCounts): void {
    this.requests += other.requests;
    this.failed += other.failed;
    this.fellBack += other.fellBack;
    this.overflowed += other.overflowed;
    this.picked += other.picked;
    this.right += other.right;
    this.wrong += other.wrong;
    this.confidenceCount += other.confidenceCount;
    this.confidenceSum += other.confidenceSum;
    this.confidenceSquares += other.confidenceSquares;
    this.latency.add(other.latency);
  }

  toJSON(): ArmCountsJson {
    const { latency, ...rest } = { ...this };
    return { ...rest, latency: latency.toJSON() };
  }
}

type CountName = Exclude<keyof ArmCounts, 'latency' | 'add' | 'toJSON'>;
export type ArmCountsJson = Readonly<Record<CountName, number>> & {
  readonly latency: readonly (readonly [number, number])[];
};

export interface ShadowCounts {
  copied: number;
  dropped: number;
  failed: number;
  agreed: number;
  differed: number;
}

const shadowCountNames = ['copied', 'dropped', 'failed', 'agreed', 'differed'] as const;
export const noShadowCounts = (): ShadowCounts => ({
  copied: 0,
  dropped: 0,
  failed: 0,
  agreed: 0,
  differed: 0,
});

/** One request that a route sent somewhere, once it has ended. */
export interface ServedByArm {
  readonly rule: string | null;
  readonly arm: string;
  /** What the split chose; null when it did not decide, or everything in it is stopped. */
  readonly picked: string | null;
  readonly reason: 'split' | 'fallback' | 'overflow' | 'asked';
  readonly key: string | null;
  readonly status: 'ok' | 'failed' | 'cancelled';
  readonly ms: number;
  readonly gist: AnswerGist | null;
}

/** Steps of the series. */
export const stepMs = 10_000;
/** An hour, and the step that is not over. */
const stepsKept = 361;

/** Everything counted of a route since it was applied. */
export class RouteCounts {
  readonly sinceMs: number;
  /** By rule ('' for everyone else), then arm. */
  readonly rules = new Map<string, Map<string, ArmCounts>>();
  readonly sketches = new Map<string, RepetitionSketch>();
  /** By the arm that gets the copies. */
  readonly shadows = new Map<string, ShadowCounts>();

  constructor(sinceMs: number) {
    this.sinceMs = sinceMs;
  }

  note({ rule, arm, picked, reason, key, status, ms, gist }: ServedByArm): void {
    const counts = this.of(rule, arm);
    counts.requests++;
    if (status === 'failed') counts.failed++;
    if (reason === 'fallback') counts.fellBack++;
    if (reason === 'overflow') counts.overflowed++;
    if (picked !== null) {
      this.of(rule, picked).picked++;
      this.sketchOf(rule).add(key);
    }
    if (status !== 'ok') return;
    counts.latency.record(ms);
    if (gist?.kind !== 'classes') return;
    for (const { confidence } of gist.rows) {
      counts.confidenceCount++;
      counts.confidenceSum += confidence;
      counts.confidenceSquares += confidence * confidence;
    }
  }

  /** Takes what was counted elsewhere of the same route. */
  add(other: RouteCounts): void {
    for (const [rule, arms] of other.rules) for (const [arm, counts] of arms) this.of(rule, arm).add(counts);
    for (const [rule, sketch] of other.sketches) this.sketchOf(rule).merge(sketch);
    for (const [arm, counts] of other.shadows) {
      const own = this.shadowOf(arm);
      for (const name of shadowCountNames) own[name] += counts[name];
    }
  }

  /** Takes an outcome, in the place of an earlier one of the same answer. */
  noteOutcome(rule: string | null, arm: string, before: Outcome | null, now: Outcome | null): void {
    const counts = this.of(rule, arm);
    if (before) counts[before]--;
    if (now) counts[now]++;
  }

  of(rule: string | null, arm: string): ArmCounts {
    const arms = getOr(this.rules, rule ?? '', () => new Map<string, ArmCounts>());
    return getOr(arms, arm, () => new ArmCounts());
  }

  sketchOf(rule: string | null): RepetitionSketch {
    return getOr(this.sketches, rule ?? '', () => new RepetitionSketch());
  }

  shadowOf(arm: string): ShadowCounts {
    return getOr(this.shadows, arm, noShadowCounts);
  }
}

/** How many requests each arm got in each step of the last hour. */
export class RequestSeries {
  /** By step, then arm. */
  readonly #steps = new Map<number, Map<string, number>>();

  note(arm: string, atMs: number, requests = 1): void {
    const step = Math.floor(atMs / stepMs);
    const counts = getOr(this.#steps, step, () => new Map<string, number>());
    counts.set(arm, (counts.get(arm) ?? 0) + requests);
    for (const old of this.#steps.keys()) {
      if (old > step - stepsKept) break;
      this.#steps.delete(old);
    }
  }

  /** Of the step that `atMs` falls into. */
  at(atMs: number): ReadonlyMap<string, number> {
    return this.#steps.get(Math.floor(atMs / stepMs)) ?? new Map();
  }

  /** So many points up to `nowMs`, each of so many steps; the last is not over. */
  points(nowMs: number, count: number, stepsEach: number) {
    const width = stepMs * stepsEach;
    const last = Math.floor(nowMs / width);
    const first = last - count + 1;
    const arms = new Map<string, number[]>();
    for (const [step, counts] of this.#steps) {
      const point = Math.floor(step / stepsEach) - first;
      if (point < 0 || point >= count) continue;
      for (const [arm, requests] of counts) {
        const points = getOr(arms, arm, () => new Array<number>(count).fill(0));
        points[point] = (points[point] ?? 0) + requests;
      }
    }
    return { fromMs: first * width, stepMs: width, arms };
  }
}

/** What the map holds, made at first need. */
export function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
