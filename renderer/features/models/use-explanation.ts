import { useEffect, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { Explanation } from '../../../app/contract/explanation';
import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';

/** What the engine answers to "why is this version not loaded?". */
export type Answer =
  | { readonly kind: 'asking' }
  | { readonly kind: 'ready'; readonly explanation: Explanation }
  | { readonly kind: 'failed'; readonly error: WireError };

/** Asks the engine, and again whenever the version changes; the former answer stays until the next is there. */
export function useExplanation(model: Model, version: Version): Answer {
  const { client } = useServices();
  const [answer, setAnswer] = useState<Answer>({ kind: 'asking' });
  const { name } = model;

  // biome-ignore lint/correctness/useExhaustiveDependencies: any change of the model can change the answer
  useEffect(() => {
    let isWanted = true;
    const take = (next: Answer): void => {
      if (isWanted) setAnswer(next);
    };
    client.call('models.explain', { model: name, version: version.version }).then(
      (explanation) => take({ kind: 'ready', explanation }),
      (thrown: unknown) => take({ kind: 'failed', error: AppError.from(thrown).toWire() }),
    );
    return () => {
      isWanted = false;
    };
  }, [client, name, version.version, model]);

  return answer;
}
