import type { Explanation } from '../../app/contract/explanation';
import type { Model, ModelEvent, Version } from '../../app/contract/models';
import type { ScannedVersion } from '../sources/model-scan';
import { shortageParams } from './occasions';

export interface ExplainFacts {
  readonly model: Model;
  readonly version: number;
  /** Undefined when nothing is known of that version. */
  readonly view: Version | undefined;
  readonly scanned: ScannedVersion | undefined;
  /** Was its load cancelled? */
  readonly isCancelled: boolean;
  /** What happened to this version and, without a version, to the model; newest first. */
  readonly events: readonly ModelEvent[];
}

type Answer = Pick<Explanation, 'reason'> &
  Partial<Explanation> & { readonly decidedBy?: ModelEvent['kind'][] };

/** Why a version is, or is not, loaded: out of its present state, what was set, and the events that decided it. Pure. */
export function explain(facts: ExplainFacts): Explanation {
  const { model, version, view, events } = facts;
  const { decidedBy = [], ...answer } = reasonOf(facts);
  const event = events.find(
    (it) => decidedBy.includes(it.kind) && (it.version === null || it.version === version),
  );
  return {
    isLoaded: view?.lifecycle === 'available',
    error: view?.error ?? null,
    sinceMs: event?.atMs ?? view?.sinceMs ?? null,
    eventId: event?.id ?? null,
    cause: event?.cause ?? null,
    rule:
      events.find((it) => it.version === version && it.params['rule'] !== undefined)?.params['rule'] ?? null,
    ...answer,
    params: { model: model.name, version: String(version), ...answer.params },
  };
}

function reasonOf(facts: ExplainFacts): Answer {
  const { model, view, scanned, isCancelled } = facts;
  if (!view) {
    return model.problem
      ? { reason: 'folderProblem', error: model.problem, decidedBy: ['gone'] }
      : { reason: 'notOnDisk', decidedBy: ['gone'] };
  }
  switch (view.lifecycle) {
    case 'available':
      return { reason: 'available', decidedBy: ['available'] };
    case 'loading':
      return { reason: 'loading', params: tries(view), decidedBy: ['loading', 'retrying'] };
    case 'waiting':
      return waiting(model, view);
    case 'unloading':
      return { reason: 'unloading', params: { inFlight: String(view.inFlight) }, decidedBy: ['unloading'] };
    case 'failed':
      if (view.harness === null) return { reason: 'unusable', decidedBy: ['failed', 'onDisk'] };
      return view.nextAttemptAtMs === null
        ? { reason: 'failed', params: tries(view), decidedBy: ['failed'] }
        : {
            reason: 'betweenTries',
            params: { ...tries(view), nextAttemptAtMs: String(view.nextAttemptAtMs) },
            decidedBy: ['failed'],
          };
    case 'onDisk':
    case 'unloaded':
      if (view.isAspired && isCancelled) return { reason: 'cancelled', decidedBy: ['unloaded'] };
      return view.loadsOnRequest ? onDemand(facts) : unwanted(model, view, scanned);
  }
}

/** It is asked for, and waits for the request that loads it; why it was unloaded, if it was loaded before. */
function onDemand({ version, events }: ExplainFacts): Answer {
  const last = events.find((it) => it.version === version && it.kind === 'unloading');
  const reason = last && reasonsByCause[last.cause];
  return reason
    ? { reason, decidedBy: ['unloading'] }
    : { reason: 'onDemand', decidedBy: ['settingChanged', 'undone', 'wanted', 'modelAdded'] };
}

const reasonsByCause: Readonly<Partial<Record<ModelEvent['cause'], Answer['reason']>>> = {
  idle: 'onDemandIdle',
  memory: 'onDemandMemory',
  person: 'onDemandByPerson',
};

function waiting(model: Model, { waitingFor, version }: Version): Answer {
  if (waitingFor) {
    return { reason: 'waitingForMemory', params: shortageParams(waitingFor), decidedBy: ['waiting'] };
  }
  const leaving = model.versions.filter((it) => it.version !== version && it.lifecycle === 'unloading');
  if (model.switching === 'resourcePreserving' && leaving.length > 0) {
    return { reason: 'waitingForVersions', params: { versions: listed(leaving) }, decidedBy: ['waiting'] };
  }
  return { reason: 'waitingForTurn', decidedBy: ['waiting'] };
}

/** Nothing asks for it: a person's hand, the files, or the policy. */
function unwanted(model: Model, view: Version, scanned: ScannedVersion | undefined): Answer {
  if (view.override === 'unload') return { reason: 'unloadedByPerson', decidedBy: ['unloadRequested'] };
  if (scanned && !scanned.isStable) return { reason: 'stillChanging', decidedBy: ['onDisk'] };
  const decidedBy: ModelEvent['kind'][] = ['policyApplied', 'undone', 'modelAdded'];
  switch (model.policy.kind) {
    case 'specific':
      return model.policy.versions.length === 0
        ? { reason: 'noneWanted', decidedBy }
        : { reason: 'notListed', params: { versions: model.policy.versions.join(', ') }, decidedBy };
    case 'latest': {
      const newer = model.versions.filter(
        (it) => it.version > view.version && it.isOnDisk && it.harness !== null,
      );
      if (newer.length === 0) return { reason: 'waitingForTurn', decidedBy: ['onDisk'] };
      const params = { count: String(model.policy.count), versions: listed(newer) };
      return { reason: 'newerWanted', params, decidedBy };
    }
    case 'all':
      return { reason: 'waitingForTurn', decidedBy: ['onDisk'] };
  }
}

const tries = ({ attempt, maxAttempts }: Version): Record<string, string> => ({
  attempt: String(attempt ?? 1),
  maxAttempts: String(maxAttempts ?? 1),
});

const listed = (versions: readonly Version[]): string => versions.map((it) => it.version).join(', ');
