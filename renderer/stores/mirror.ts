import type { StoreApi } from 'zustand/vanilla';

interface Revised {
  readonly revision: number;
}

export interface MirrorParts<State extends Revised, Change extends Revised> {
  readonly store: StoreApi<State>;
  readonly snapshot: () => Promise<Partial<State>>;
  readonly apply: (state: State, change: Change) => State;
  /** A new snapshot that a gap called for could not be had. */
  readonly onFailed: (error: unknown) => void;
}

/** Keeps a store the same as what the engine has. */
export interface Mirror<Change> {
  /** Takes a snapshot; changes that came before it are applied after it. */
  resync(): Promise<void>;
  /** Applies the next change; a gap in the revisions takes a new snapshot. */
  follow(change: Change): void;
}

export function createMirror<State extends Revised, Change extends Revised>({
  store,
  snapshot,
  apply,
  onFailed,
}: MirrorParts<State, Change>): Mirror<Change> {
  let early: Change[] | undefined = []; // changes that arrive before the snapshot does

  const resync = async (): Promise<void> => {
    early = early ?? [];
    store.setState(await snapshot());
    const held = early;
    early = undefined;
    for (const change of held) follow(change);
  };
  const follow = (change: Change): void => {
    if (early) {
      early.push(change);
      return;
    }
    const state = store.getState();
    if (change.revision <= state.revision) return;
    if (change.revision === state.revision + 1) store.setState(apply(state, change));
    else resync().catch(onFailed);
  };
  return { resync, follow };
}
