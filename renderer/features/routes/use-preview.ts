import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { AppError, isCancelled, type WireError } from '../../../app/base/errors';
import type { RouteDraft, RoutePreview } from '../../../app/contract/routes';
import { useServices } from '../../services';
import type { ModelsState } from '../../stores/models';

/** While somebody drags or types, only what stands for this long is looked at. */
const restMs = 120;

/** What of the models decides about a draft, as one text: memory, requests in flight and the like change all the time. */
const standing = ({ byName }: ModelsState): string =>
  [...byName.values()]
    .map(({ name, versions, labels }) => {
      const states = versions.map(({ version, lifecycle }) => `${version} ${lifecycle}`);
      return [name, ...states, ...labels.map(({ label, version }) => `${label} ${version}`)].join('\n');
    })
    .join('\n\n');

export interface Preview {
  /** Of the draft, or of the one before it while the engine looks. */
  readonly result: RoutePreview | null;
  readonly isCurrent: boolean;
  readonly error: WireError | null;
}

const nothing: Preview = { result: null, isCurrent: false, error: null };

interface Answer {
  readonly of: RouteDraft;
  readonly result: RoutePreview | null;
  readonly error: WireError | null;
}

/** What a draft would be, and what is wrong with it; looked at anew when the draft, the models or the routes change. */
export function usePreview(draft: RouteDraft | null, replaces: string | null): Preview {
  const { client, models, routes } = useServices();
  const known = useStore(models.store, standing);
  const others = useStore(routes.store, (state) => state.byName);
  const [answer, setAnswer] = useState<Answer | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what the draft leads to changes what would be
  useEffect(() => {
    if (draft === null) {
      setAnswer(null);
      return;
    }
    let isStale = false;
    const look = (): void => {
      client.call('routes.preview', { draft, replaces }).then(
        (result) => {
          if (!isStale) setAnswer({ of: draft, result, error: null });
        },
        (thrown: unknown) => {
          if (!isStale && !isCancelled(thrown))
            setAnswer({ of: draft, result: null, error: AppError.from(thrown).toWire() });
        },
      );
    };
    const timer = setTimeout(look, restMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [client, draft, replaces, known, others]);
  if (draft === null || answer === null) return nothing;
  return { result: answer.result, error: answer.error, isCurrent: answer.of === draft };
}
