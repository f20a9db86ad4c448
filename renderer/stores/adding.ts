import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AddChoice, Offer, Switching, VersionPolicy } from '../../app/contract/models';
import type { Client } from '../client/client';
import type { Translator } from '../messages/translator';
import type { ModelActions } from './model-actions';
import type { Router } from './router';
import type { Toasts } from './toasts';

export interface AddingState {
  /** What was found and waits for a decision in the sheet; null while there is nothing to decide. */
  readonly offer: Offer | null;
  /** Is something looked at right now? */
  readonly isLooking: boolean;
}

/** One item to add, with the policy that it starts under. */
export interface AddWish {
  readonly choice: AddChoice;
  readonly policy: VersionPolicy;
}

/** From a drop or a chosen folder to models: judging happens in the engine, deciding in the sheet. */
export interface Adding {
  readonly store: StoreApi<AddingState>;
  /** Lets the person choose a folder. */
  chooseFolder(): Promise<void>;
  chooseFile(): Promise<void>;
  /** Takes what was dropped. */
  takeFiles(files: readonly File[]): Promise<void>;
  /** Takes what the engine found by itself, such as a folder opened with the app. */
  takeOffer(offer: Offer): Promise<void>;
  /** Adds what was decided. Throws `AppError`; the sheet then stays open. */
  add(ticket: string, wishes: readonly AddWish[]): Promise<void>;
  close(): void;
}

export interface AddingParts {
  readonly client: Client;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly actions: ModelActions;
  readonly t: Translator['t'];
  readonly defaultSwitching: () => Switching;
}

const isPlain = (policy: VersionPolicy): boolean => policy.kind === 'latest' && policy.count === 1;

export function createAdding(parts: AddingParts): Adding {
  const { client, router, toasts, actions, t, defaultSwitching } = parts;
  const store = createStore<AddingState>()(() => ({ offer: null, isLooking: false }));

  const doneText = (added: readonly { model: string; version: number | null }[]): string => {
    const [only] = added;
    if (!only || added.length > 1) return t('adding.doneMany', { count: added.length });
    if (only.version === null) return t('adding.done', { model: only.model });
    return t('adding.nextDone', { model: only.model, version: only.version });
  };

  async function add(ticket: string, wishes: readonly AddWish[]): Promise<void> {
    const { added, refused, undo } = await client.call('models.add', {
      ticket,
      choices: wishes.map((wish) => wish.choice),
    });
    for (const { choice, policy } of wishes) {
      if (choice.as !== 'model' || isPlain(policy)) continue;
      if (!added.some((item) => item.id === choice.id)) continue;
      await client.call('models.applyPolicy', { model: choice.name, policy, switching: defaultSwitching() });
    }
    const [first] = added;
    if (first) {
      actions.offerUndo(doneText(added), undo);
      router.navigate({ area: 'models', model: first.model, tab: 'versions' });
    }
    // what could not be added after all stays on screen, with its reason
    const rest: Offer['items'] = refused.map(({ id, error }) => {
      const item = store.getState().offer?.items.find((candidate) => candidate.id === id);
      return { kind: 'refused', id, source: item?.source ?? id, error };
    });
    store.setState({ offer: rest.length > 0 ? { ticket, items: rest } : null });
  }

  async function takeOffer(offer: Offer): Promise<void> {
    const [item] = offer.items;
    if (!item) {
      toasts.say(t('adding.nothingFound'));
      return;
    }
    if (offer.items.length > 1 || item.kind !== 'model') {
      store.setState({ offer });
      return;
    }
    store.setState({ offer: null });
    const choice: AddChoice = { id: item.id, as: 'model', name: item.name };
    await add(offer.ticket, [{ choice, policy: { kind: 'latest', count: 1 } }]);
  }

  const look = async (find: () => Promise<Offer | null>): Promise<void> => {
    store.setState({ isLooking: true });
    try {
      const offer = await find();
      if (offer) await takeOffer(offer);
    } catch (thrown) {
      toasts.fail(thrown);
    } finally {
      store.setState({ isLooking: false });
    }
  };

  return {
    store,
    chooseFolder: () => look(() => client.call('models.offerFolder', undefined)),
    chooseFile: () => look(() => client.call('models.offerFile', undefined)),
    takeFiles: (files) => look(() => client.offerModels(files)),
    takeOffer: (offer) => look(async () => offer),
    add,
    close: () => store.setState({ offer: null }),
  };
}
