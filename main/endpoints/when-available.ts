import { AppError } from '../../app/base/errors';
import { describeError } from '../../app/contract/messages/error-text';
import { canAnswer, type Model, type Version } from '../../app/contract/models';
import type { Models } from '../engine-api';

/**
 * Settles when each of the models has a version that answers. Throws UNKNOWN, as TensorFlow Serving does, when one of them failed for
 * good, and DEADLINE_EXCEEDED after `withinMs` (milliseconds).
 * Source: TensorFlow Serving, server_core.cc (`WaitUntilModelsAvailable`).
 */
export function whenAvailable(models: Models, names: readonly string[], withinMs: number): Promise<void> {
  const look = (): Outcome => {
    const states = names.map((name) => ({ name, state: stateOf(models.get(name)) }));
    const late = states.filter(({ state }) => state === 'waiting').map(({ name }) => name);
    if (late.length > 0) return { late };
    const failed = states.flatMap(({ name, state }) =>
      typeof state === 'object' ? [`${name}: ${state.reason}`] : [],
    );
    if (failed.length === 0) return 'done';
    const detail = `${failed.length} servable(s) did not become available: {${failed.join('; ')}}`;
    return new AppError('FAILED_PRECONDITION', {}, { detail, status: 'UNKNOWN' });
  };
  return whenSettled(models, look, withinMs);
}

/**
 * Settles when a version whose load was just asked for answers. `before` is what it was until then: a failure of long ago does not count.
 * Throws FAILED_PRECONDITION with the reason when it failed for good, ABORTED when it is not wanted any more, and DEADLINE_EXCEEDED after
 * `withinMs`.
 */
export function whenVersionAvailable(
  models: Models,
  name: string,
  before: Version,
  withinMs: number,
): Promise<void> {
  const { version } = before;
  let wasAspired = false;
  const look = (): Outcome => {
    const now = models.get(name)?.versions.find((it) => it.version === version);
    if (now?.lifecycle === 'available') return 'done';
    const isSameAsBefore =
      now !== undefined && now.sinceMs === before.sinceMs && now.harness === before.harness;
    if (now && !isSameAsBefore && hasFailed(now))
      return new AppError(
        'FAILED_PRECONDITION',
        {},
        {
          detail: `failed to load '${name}', version ${version}: ${now.error ? describeError(now.error) : 'it was cancelled'}`,
        },
      );
    if (!now || (wasAspired && !now.isAspired))
      return new AppError(
        'FAILED_PRECONDITION',
        {},
        { detail: `'${name}', version ${version}, is not wanted any more`, status: 'ABORTED' },
      );
    wasAspired ||= now.isAspired;
    return { late: [`${name} ${version}`] };
  };
  return whenSettled(models, look, withinMs);
}

type Outcome = 'done' | AppError | { readonly late: readonly string[] };

function whenSettled(models: Models, look: () => Outcome, withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let outcome = look();
    const finish = (error?: AppError): void => {
      clearTimeout(timer);
      subscription.dispose();
      if (error) reject(error);
      else resolve();
    };
    const judge = (): void => {
      outcome = look();
      if (outcome === 'done') finish();
      else if (outcome instanceof AppError) finish(outcome);
    };
    const timer = setTimeout(() => {
      const late = typeof outcome === 'object' && 'late' in outcome ? outcome.late : [];
      finish(new AppError('DEADLINE_EXCEEDED', {}, { detail: `Still loading: ${late.join(', ')}` }));
    }, withinMs);
    const subscription = models.onDidChange(judge);
    judge();
  });
}

/** Done as well when the first request loads it. Done also when it is gone: somebody has taken it away again. */
function stateOf(model: Model | undefined): 'done' | 'waiting' | { readonly reason: string } {
  if (!model || model.versions.some(canAnswer)) return 'done';
  if (model.problem) return { reason: describeError(model.problem) };
  const wanted = model.versions.filter(({ isAspired }) => isAspired);
  if (wanted.length === 0 || !wanted.every(hasFailed)) return 'waiting';
  const [{ error } = { error: null }] = wanted;
  return { reason: error ? describeError(error) : 'it failed' };
}

/** For good, that is; a load that was cancelled as well. */
const hasFailed = ({ lifecycle, harness, nextAttemptAtMs }: Version): boolean =>
  (lifecycle === 'failed' || (lifecycle === 'unloaded' && harness === 'error')) && nextAttemptAtMs === null;
