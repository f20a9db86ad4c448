import { Emitter, type Event } from '../../app/base/emitter';
import type { WireError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { Loading } from '../../app/contract/loading';
import { type Model, type Switching, undoLimit, type VersionPolicy } from '../../app/contract/models';
import type { Client } from '../client/client';
import type { Format } from '../format';
import type { Translator } from '../messages/translator';
import { undoneWords } from '../undone-words';
import type { Router, VersionRef } from './router';
import type { Toasts } from './toasts';

/** What people do to models from anywhere on the page. Nothing here throws: failures become messages. */
export interface ModelActions {
  load(ref: VersionRef): Promise<void>;
  unload(ref: VersionRef): Promise<void>;
  retry(ref: VersionRef): Promise<void>;
  cancelLoad(ref: VersionRef): Promise<void>;
  /** True when it was applied. */
  applyPolicy(model: string, policy: VersionPolicy, switching: Switching): Promise<boolean>;
  /** A policy is the whole wish: applying it again clears what was loaded or unloaded by hand. */
  followPolicy(model: Model): Promise<void>;
  /** Points a label at a version, from wherever it was; offers to take it back. True when it does. */
  setLabel(model: Model, label: string, version: number): Promise<boolean>;
  removeLabel(model: Model, label: string): Promise<boolean>;
  setKeepLastGood(model: string, keepLastGood: boolean): Promise<void>;
  /** Loads a model's versions always or on demand; offers to take it back. */
  setLoading(model: Model, loading: Loading): Promise<void>;
  setPinned(version: VersionRef, isPinned: boolean): Promise<void>;
  /** `deletesCopies`: files that Slipway copied go for good once this cannot be taken back any more. */
  remove(model: string, deletesCopies: boolean): Promise<void>;
  addSample(): Promise<void>;
  showFolder(model: string, version?: number): Promise<void>;
  rescan(model: string): Promise<void>;
  copy(text: string): Promise<void>;
  copyError(error: WireError): Promise<void>;
  /** Offers to take `undo` back in a message, and makes it the last change: of all, and of the route that is named. */
  offerUndo(text: string, undo: string | null, route?: string): void;
  canUndo(route?: string): boolean;
  /** `canUndo` may have another answer now. */
  readonly onDidChangeUndo: Event<void>;
  /** Takes back the last change, or the last of a route. */
  undoLast(route?: string): Promise<void>;
  /** Takes one change back, whoever made it. */
  undo(token: string): Promise<void>;
  /** Takes up what earlier runs left to take back. */
  connect(): Promise<void>;
}

export interface ModelActionsParts {
  readonly client: Client;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly t: Translator['t'];
  readonly format: Pick<Format, 'duration'>;
}

/** What can be taken back. */
interface Change {
  readonly undo: string;
  readonly route: string | undefined;
}

export function createModelActions({ client, router, toasts, t, format }: ModelActionsParts): ModelActions {
  let changes: readonly Change[] = [];
  /** What offers to take the last action back: one is enough, and it goes when that is done in another way. */
  let offer: { readonly token: string; readonly message: Disposable } | undefined;
  const undoChanged = new Emitter<void>();
  const keepChanges = (kept: readonly Change[]): void => {
    changes = kept.slice(-undoLimit); // the engine forgets the others as well
    undoChanged.fire();
  };
  const remember = (undo: string | null, route?: string): void => {
    if (undo !== null) keepChanges([...changes, { undo, route }]);
  };
  const lastChange = (route?: string): Change | undefined =>
    changes.findLast((change) => route === undefined || change.route === route);
  /** Runs an action; a failure becomes a message. Answers whether it went well. */
  const attempt = async (action: () => Promise<void>): Promise<boolean> => {
    try {
      await action();
      return true;
    } catch (thrown) {
      toasts.fail(thrown);
      return false;
    }
  };
  const undo = async (token: string): Promise<void> => {
    keepChanges(changes.filter((change) => change.undo !== token));
    if (offer?.token === token) offer.message.dispose();
    await attempt(async () => {
      const { action, models } = await client.call('models.undo', { undo: token });
      toasts.say(t('undone.done', { what: undoneWords(action, t), models: models.join(', ') }));
    });
  };
  const copy = async (text: string): Promise<void> => {
    await attempt(async () => {
      await client.call('app.copyText', { text });
      toasts.say(t('common.copied'));
    });
  };
  const offerUndo = (text: string, token: string | null, route?: string): void => {
    if (token === null) {
      toasts.say(text);
      return;
    }
    remember(token, route);
    offer?.message.dispose();
    const message = toasts.say(text, { label: t('common.undo'), run: () => void undo(token) });
    offer = { token, message };
  };
  const apply = async (model: string, policy: VersionPolicy, switching: Switching): Promise<boolean> =>
    attempt(async () => {
      remember((await client.call('models.applyPolicy', { model, policy, switching })).undo);
    });

  return {
    async load(ref) {
      await attempt(async () => remember((await client.call('models.load', ref)).undo));
    },
    async unload(ref) {
      await attempt(async () => remember((await client.call('models.unload', ref)).undo));
    },
    async retry(ref) {
      await attempt(() => client.call('models.retry', ref));
    },
    async cancelLoad(ref) {
      await attempt(() => client.call('models.cancelLoad', ref));
    },
    applyPolicy: apply,
    async followPolicy({ name, policy, switching }) {
      await apply(name, policy, switching);
    },
    setLabel(model, label, version) {
      const from = model.labels.find((each) => each.label === label)?.version;
      return attempt(async () => {
        const { undo: token } = await client.call('models.setLabel', { model: model.name, label, version });
        offerUndo(
          from === undefined
            ? t('labels.added', { label, version })
            : t('labels.moved', { label, from, version }),
          token,
        );
      });
    },
    removeLabel({ name, labels }, label) {
      const version = labels.find((each) => each.label === label)?.version ?? 0;
      return attempt(async () => {
        const { undo: token } = await client.call('models.setLabel', { model: name, label, version: null });
        offerUndo(t('labels.removed', { label, version }), token);
      });
    },
    async setKeepLastGood(model, keepLastGood) {
      await attempt(async () => {
        const { undo: token } = await client.call('models.setKeepLastGood', { model, keepLastGood });
        offerUndo(t(keepLastGood ? 'keepLastGood.on' : 'keepLastGood.off', { model }), token);
      });
    },
    async setLoading({ name: model, loaded: before }, { loaded, idleUnloadMs }) {
      const says = (): string => {
        if (loaded === 'always') return t('loading.nowAlways', { model });
        if (before === 'always') return t('loading.nowOnDemand', { model });
        return idleUnloadMs === null
          ? t('loading.nowIdleNever', { model })
          : t('loading.nowIdle', { model, duration: format.duration(idleUnloadMs) });
      };
      await attempt(async () => {
        const { undo: token } = await client.call('models.setLoading', { model, loaded, idleUnloadMs });
        offerUndo(says(), token);
      });
    },
    async setPinned(ref, isPinned) {
      await attempt(async () => {
        const { undo: token } = await client.call('models.setPinned', { ...ref, isPinned });
        offerUndo(t(isPinned ? 'loading.pinned' : 'loading.unpinned', ref), token);
      });
    },
    async remove(model, deletesCopies) {
      await attempt(async () => {
        const { undo: token } = await client.call('models.remove', { model, deletesCopies });
        offerUndo(t('remove.done', { model }), token);
      });
    },
    async addSample() {
      await attempt(async () => {
        const { model, undo: token } = await client.call('models.addSample', undefined);
        router.navigate({ area: 'models', model, tab: 'versions' });
        if (token !== null) offerUndo(t('adding.done', { model }), token);
      });
    },
    async showFolder(model, version) {
      await attempt(() =>
        client.call('models.showFolder', version === undefined ? { model } : { model, version }),
      );
    },
    async rescan(model) {
      await attempt(() => client.call('models.rescan', { model }));
    },
    copy,
    copyError: ({ code, status, detail }) => copy(`${code} (${status})\n${detail}`),
    offerUndo,
    onDidChangeUndo: undoChanged.event,
    canUndo: (route) => lastChange(route) !== undefined,
    undo,
    async undoLast(route) {
      const change = lastChange(route);
      if (change) await undo(change.undo);
    },
    async connect() {
      const { byPerson: earlier } = await client.call('models.undoable', undefined);
      keepChanges([
        ...earlier.map((undo) => ({ undo, route: undefined })),
        ...changes.filter(({ undo: known }) => !earlier.includes(known)),
      ]);
    },
  };
}
