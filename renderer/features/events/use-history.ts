import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { ModelEvent } from '../../../app/contract/models';
import { useServices } from '../../services';

export interface HistoryFilter {
  /** Null for all models. */
  readonly model: string | null;
  readonly version: number | null;
  /** Null for as far as the log reaches back. */
  readonly sinceMs: number | null;
}

export interface History {
  /** Oldest first. */
  readonly events: readonly ModelEvent[];
  readonly hasOlder: boolean;
  readonly isLoading: boolean;
  readonly loadOlder: () => void;
}

interface Loaded {
  readonly events: readonly ModelEvent[];
  readonly hasOlder: boolean;
}

const pageSize = 500;

const isIn = (event: ModelEvent, { model, version, sinceMs }: HistoryFilter): boolean =>
  (model === null || event.model === model) &&
  (version === null || event.version === version) &&
  (sinceMs === null || event.atMs >= sinceMs);

/** One list without doubles, oldest first. */
function merge(known: readonly ModelEvent[], more: readonly ModelEvent[]): readonly ModelEvent[] {
  const byId = new Map([...known, ...more].map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

/** The events that match, from the whole log, a page at a time; new ones as they come. */
export function useHistory({ model, version, sinceMs }: HistoryFilter): History {
  const { client, events, toasts } = useServices();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [isLoading, setLoading] = useState(false);
  // until the answer is there, what is in memory anyway
  const recent = useStore(
    events.store,
    useShallow((state) =>
      loaded === null ? state.events.filter((it) => isIn(it, { model, version, sinceMs })) : none,
    ),
  );

  const load = useCallback(
    (beforeId?: number) =>
      client.call('models.events', {
        limit: pageSize,
        ...(model === null ? {} : { model }),
        ...(version === null ? {} : { version }),
        ...(sinceMs === null ? {} : { sinceMs }),
        ...(beforeId === undefined ? {} : { beforeId }),
      }),
    [client, model, version, sinceMs],
  );

  useEffect(() => {
    let isWanted = true;
    let early: readonly ModelEvent[] = [];
    const take = (more: readonly ModelEvent[]): void => {
      const fitting = more.filter((it) => isIn(it, { model, version, sinceMs }));
      if (fitting.length === 0) return;
      early = [...early, ...fitting];
      setLoaded((before) => before && { ...before, events: merge(before.events, fitting) });
    };
    const subscription = client.on('events.appended', take);
    load().then(
      (page) => {
        if (isWanted) setLoaded({ events: merge(page, early), hasOlder: page.length === pageSize });
      },
      (thrown: unknown) => {
        if (isWanted) toasts.fail(thrown);
      },
    );
    return () => {
      isWanted = false;
      subscription.dispose();
      setLoaded(null);
    };
  }, [client, load, model, version, sinceMs, toasts]);

  const oldest = loaded?.events[0]?.id;
  const loadOlder = useCallback(() => {
    setLoading(true);
    load(oldest)
      .then(
        (page) =>
          setLoaded(
            (before) => before && { events: merge(page, before.events), hasOlder: page.length === pageSize },
          ),
        (thrown: unknown) => toasts.fail(thrown),
      )
      .finally(() => setLoading(false));
  }, [load, oldest, toasts]);

  return { events: loaded?.events ?? recent, hasOlder: loaded?.hasOlder ?? false, isLoading, loadOlder };
}

const none: readonly ModelEvent[] = [];
