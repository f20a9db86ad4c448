import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Engine, VersionChoice } from '../../../main/engine-api';

/** One request that was answered: which version it was admitted to, and when (`performance.now()`). */
export interface Admission {
  readonly atMs: number;
  readonly version: number;
}

/** Callers that ask a model without a pause until they are told to stop. */
export class Load {
  readonly admissions: Admission[] = [];
  readonly failures: string[] = [];
  readonly #callers: readonly Promise<void>[];
  #isStopped = false;

  constructor(
    engine: Engine,
    request: { model: string; version: VersionChoice; picture: Uint8Array },
    callers: number,
  ) {
    const call = async (): Promise<void> => {
      while (!this.#isStopped) {
        const atMs = performance.now(); // the version is chosen before `classify` returns its promise
        try {
          const { version } = await engine.inference.classify({ ...request, top: 1 });
          this.admissions.push({ atMs, version });
        } catch (error) {
          this.failures.push(String(error));
        }
        await nextTurn(); // answers that take no time must not starve everything else
      }
    };
    this.#callers = Array.from({ length: callers }, call);
  }

  /** Milliseconds from `sinceMs` until the last request was admitted to `version`; 0 when none was. */
  lastAdmissionMs(version: number, sinceMs: number): number {
    return this.admissions
      .filter((it) => it.version === version && it.atMs > sinceMs)
      .reduce((latest, it) => Math.max(latest, it.atMs - sinceMs), 0);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#callers);
  }
}

/** Resolves once the model's versions are as wanted; looks each millisecond, so that nothing waits for the page's 50. */
export async function untilLoaded(
  engine: Engine,
  model: string,
  wanted: (available: readonly number[]) => boolean,
): Promise<void> {
  for (;;) {
    const versions = engine.models.get(model)?.versions ?? [];
    const failed = versions.find((it) => it.lifecycle === 'failed');
    if (failed) throw new Error(`Version ${failed.version} failed: ${failed.error?.code}`);
    const loaded = versions.filter((it) => it.harness !== null && it.harness !== 'disabled');
    const isQuiet = loaded.every((it) => it.lifecycle === 'available');
    if (isQuiet && wanted(loaded.map((it) => it.version))) return;
    await sleep(1);
  }
}
