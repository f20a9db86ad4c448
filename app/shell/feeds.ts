import type { WebContents } from 'electron';
import type { Payload } from '../contract';
import type { FeedName } from '../contract/channels';

/** What the page cannot ask for again, so it waits until the page listens. */
const keptFeeds: ReadonlySet<FeedName> = new Set(['command.requested', 'drop.offered', 'jobs.opened']);

export interface Feeds {
  send<K extends FeedName>(name: K, payload: Payload<K>): void;
  /** The page listens now: it gets what waited. */
  markReady(): void;
  /** The page loads anew. */
  markLoading(): void;
}

/** Sends to the page. Before it listens, state is dropped (the page takes a snapshot) and requests wait. */
export function createFeeds(target: () => Pick<WebContents, 'send' | 'isDestroyed'> | undefined): Feeds {
  let isReady = false;
  let waiting: { readonly name: FeedName; readonly payload: unknown }[] = [];
  const deliver = (name: FeedName, payload: unknown): void => {
    const contents = target();
    if (contents && !contents.isDestroyed()) contents.send(name, payload);
  };
  return {
    send(name, payload) {
      if (isReady) deliver(name, payload);
      else if (keptFeeds.has(name)) waiting.push({ name, payload });
    },
    markReady() {
      isReady = true;
      const due = waiting;
      waiting = [];
      for (const { name, payload } of due) deliver(name, payload);
    },
    markLoading() {
      isReady = false;
    },
  };
}
