import { AppError } from '../../app/base/errors';
import type { Model } from '../../app/contract/models';
import type { Models } from '../engine-api';

/**
 * Settles when each of the models has a version that answers. Throws UNKNOWN, as TensorFlow Serving does, when one of them failed for
 * good, and DEADLINE_EXCEEDED after `withinMs` (milliseconds).
 * Source: TensorFlow Serving, server_core.cc (`WaitUntilModelsAvailable`).
 */
export function whenAvailable(models: Models, names: readonly string[], withinMs: number): Promise<void> {
  if (names.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const finish = (error?: AppError): void => {
      clearTimeout(timer);
      subscription.dispose();
      if (error) reject(error);
      else resolve();
    };
    const look = (): void => {
      const states = names.map((name) => stateOf(models.get(name)));
      if (states.some((it) => it === 'waiting')) return;
      const failed = names.flatMap((name, index) => {
        const state = states[index];
        return typeof state === 'object' ? [`${name}: ${state.reason}`] : [];
      });
      if (failed.length === 0) finish();
      else
        finish(
          new AppError(
            'FAILED_PRECONDITION',
            {},
            {
              detail: `${failed.length} servable(s) did not become available: {${failed.join('; ')}}`,
              status: 'UNKNOWN',
            },
          ),
        );
    };
    const timer = setTimeout(() => {
      const late = names.filter((name) => stateOf(models.get(name)) === 'waiting');
      finish(new AppError('DEADLINE_EXCEEDED', {}, { detail: `Still loading: ${late.join(', ')}` }));
    }, withinMs);
    const subscription = models.onDidChange(look);
    look();
  });
}

/** Done also when it is gone: somebody has taken it away again. */
function stateOf(model: Model | undefined): 'done' | 'waiting' | { readonly reason: string } {
  if (!model || model.versions.some(({ lifecycle }) => lifecycle === 'available')) return 'done';
  if (model.problem) return { reason: model.problem.detail };
  const wanted = model.versions.filter(({ isAspired }) => isAspired);
  const hasFailed =
    wanted.length > 0 && wanted.every((it) => it.lifecycle === 'failed' && it.nextAttemptAtMs === null);
  return hasFailed ? { reason: wanted[0]?.error?.detail ?? 'it failed' } : 'waiting';
}
