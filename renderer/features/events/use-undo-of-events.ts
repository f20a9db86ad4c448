import { useEffect, useState } from 'react';
import type { ModelEvent } from '../../../app/contract/models';
import { useServices } from '../../services';

/** How to take back what an event tells of: a program's changes, for which nobody was shown an offer. Undefined for all others. */
export function useUndoOfEvents(
  events: readonly ModelEvent[],
): (event: ModelEvent) => (() => void) | undefined {
  const { client, actions, toasts } = useServices();
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const hasAny = events.some(({ params }) => params['undo'] !== undefined);
  const newest = events.at(-1)?.id;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new event may be one more to take back, or tell that one was
  useEffect(() => {
    if (!hasAny) return;
    let isWanted = true;
    client.call('models.undoable', undefined).then(
      ({ byProgram }) => isWanted && setTokens(byProgram),
      (thrown: unknown) => isWanted && toasts.fail(thrown),
    );
    return () => {
      isWanted = false;
    };
  }, [client, toasts, hasAny, newest]);

  return ({ params: { undo } }) =>
    undo !== undefined && tokens.includes(undo) ? () => void actions.undo(undo) : undefined;
}
