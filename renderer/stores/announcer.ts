import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Clock, systemClock } from '../../app/base/clock';

type Politeness = 'polite' | 'assertive';

/** What screen readers are told: at most one text a second in each region, the newest of what waited last. */
export interface Announcer {
  readonly store: StoreApi<Readonly<Record<Politeness, string>>>;
  polite(text: string): void;
  assertive(text: string): void;
}

const gapMs = 1_000;

export function createAnnouncer(clock: Clock = systemClock): Announcer {
  const store = createStore<Record<Politeness, string>>()(() => ({ polite: '', assertive: '' }));
  const waiting: Record<Politeness, string[]> = { polite: [], assertive: [] };
  const busy: Record<Politeness, boolean> = { polite: false, assertive: false };

  const speakNext = (region: Politeness): void => {
    const text = waiting[region].shift();
    busy[region] = text !== undefined;
    if (text === undefined) return;
    store.setState({ [region]: text });
    clock.schedule(gapMs, () => speakNext(region));
  };
  const speak = (region: Politeness, text: string): void => {
    if (waiting[region].at(-1) === text) return;
    waiting[region] = [...waiting[region], text].slice(-3);
    if (!busy[region]) speakNext(region);
  };
  return {
    store,
    polite: (text) => speak('polite', text),
    assertive: (text) => speak('assertive', text),
  };
}
