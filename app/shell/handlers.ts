import type { EndpointsControl } from '../../main/endpoints/control';
import { pastStateOf } from '../../main/engine/past-state';
import { tableRowsOf } from '../../main/engine/table-rows';
import type { Engine } from '../../main/engine-api';
import { AppError } from '../base/errors';
import type { Handlers } from '../contract';
import type { Offer } from '../contract/models';
import type { Picture } from '../contract/pictures';
import type { AppInfo } from '../contract/settings';
import type { Choose } from './dialogs';
import type { DropHandlers } from './ipc';
import { createJobHandlers, type JobDesktop, offerInput } from './job-handlers';

/** What the system does for the page; Electron's part of the handlers. */
export interface Desktop extends JobDesktop {
  readonly info: AppInfo;
  readonly chooseFolders: Choose;
  readonly chooseModelFiles: Choose;
  readonly choosePictures: Choose;
  readonly openLink: (url: string) => Promise<void>;
  readonly copyText: (text: string) => void;
  readonly isAllowedLink: (url: string) => boolean;
  readonly setCommands: (available: readonly string[]) => void;
  /** A folder of a model was added. */
  readonly noteAdded: (folder: string) => void;
  /** The page has its first snapshot: it listens, and can be used. */
  readonly onPageReady: () => void;
}

/** Binds the contract's calls to the engine. Calls that come before the engine runs wait for it. */
export function createHandlers(
  engine: Promise<Engine>,
  endpoints: Promise<EndpointsControl>,
  desktop: Desktop,
): Handlers {
  const models = async (): Promise<Engine['models']> => (await engine).models;
  const inference = async (): Promise<Engine['inference']> => (await engine).inference;
  const routes = async (): Promise<Engine['routes']> => (await engine).routes;
  const pictures = async (): Promise<Engine['pictures']> => (await engine).pictures;
  const offerChosen = async (choose: Choose): Promise<Offer | null> => {
    const paths = await choose();
    return paths.length === 0 ? null : (await models()).offer(paths);
  };
  return {
    'app.info': async () => desktop.info,
    'app.openLink': async ({ url }) => {
      if (!desktop.isAllowedLink(url))
        throw new AppError('INVALID_ARGUMENT', {}, { detail: 'this link is not one of the app' });
      await desktop.openLink(url);
    },
    'app.copyText': async ({ text }) => desktop.copyText(text),
    'app.setCommands': async ({ available }) => desktop.setCommands(available),
    'settings.get': async () => (await engine).settings.get(),
    'settings.set': async (change) => (await engine).settings.set(withoutUndefined(change)),
    'models.list': async () => {
      const snapshot = (await models()).snapshot();
      desktop.onPageReady();
      return snapshot;
    },
    'models.offerFolder': async () => offerChosen(desktop.chooseFolders),
    'models.offerFile': async () => offerChosen(desktop.chooseModelFiles),
    'models.add': async ({ ticket, choices }) => {
      const result = await (await models()).add(ticket, choices);
      for (const { model, version } of result.added)
        if (version === null) desktop.noteAdded((await models()).folderOf(model));
      return result;
    },
    'models.addSample': async () => (await models()).addSample(),
    'models.remove': async ({ model, deletesCopies }) => (await models()).remove(model, { deletesCopies }),
    'models.load': async ({ model, version }) => (await models()).load(model, version),
    'models.unload': async ({ model, version }) => (await models()).unload(model, version),
    'models.retry': async ({ model, version }) => (await models()).retry(model, version),
    'models.cancelLoad': async ({ model, version }) => (await models()).cancelLoad(model, version),
    'models.previewPolicy': async ({ model, policy, switching }) =>
      (await models()).previewPolicy(model, policy, switching),
    'models.applyPolicy': async ({ model, policy, switching }) =>
      (await models()).applyPolicy(model, policy, switching),
    'models.showFolder': async ({ model, version }) =>
      desktop.showInFolder((await models()).folderOf(model, version)),
    'models.rescan': async ({ model }) => (await models()).rescan(model),
    'models.describe': async ({ model, version }) => (await inference()).describe(model, version),
    'models.setPreprocessing': async ({ model, version, preprocessing }) =>
      (await inference()).setPreprocessing(model, version, preprocessing),
    'models.classNames': async ({ model, version, text }) =>
      (await inference()).classNames(model, version, text),
    'models.setClassNames': async ({ model, version, names }) =>
      (await inference()).setClassNames(model, version, names),
    'models.events': async ({ limit, ...filter }) =>
      (await models()).events({ ...withoutUndefined(filter), limit }),
    'models.pastState': async ({ model, atMs }) => pastStateOf(await (await models()).stateAt(atMs), model),
    'models.explain': async ({ model, version }) => (await models()).explain(model, version),
    'models.setLabel': async ({ model, label, version }) => (await models()).setLabel(model, label, version),
    'models.setKeepLastGood': async ({ model, keepLastGood }) =>
      (await models()).setKeepLastGood(model, keepLastGood),
    'models.setLoading': async ({ model, ...loading }) => (await models()).setLoading(model, loading),
    'models.setPinned': async ({ model, version, isPinned }) =>
      (await models()).setPinned(model, version, isPinned),
    'models.undoable': async () => (await models()).undoable(),
    'models.setRunning': async ({ model, running }) => (await models()).setRunning(model, running),
    'models.undo': async ({ undo }) => (await models()).undo(undo),
    'pictures.choose': async () => {
      const paths = await desktop.choosePictures();
      return paths.length === 0 ? null : (await pictures()).offerFiles(paths);
    },
    'pictures.put': async ({ name, bytes }) => (await pictures()).offerBytes(name, bytes),
    'pictures.samples': async () => (await pictures()).samples(),
    'inference.classify': async ({ model, version, picture, top }) => {
      const bytes = await (await pictures()).read(picture);
      return (await inference()).classify({ model, version: { version }, picture: bytes, top });
    },
    'inference.viewInput': async ({ model, version, picture, channel, preprocessing }) => {
      const bytes = await (await pictures()).read(picture);
      return (await inference()).viewInput({
        model,
        version,
        picture: bytes,
        channel,
        ...(preprocessing === undefined ? {} : { preprocessing }),
      });
    },
    'routes.list': async () => (await routes()).snapshot(),
    'routes.preview': async ({ draft, replaces }) => (await routes()).preview(draft, replaces),
    'routes.dryRun': async ({ draft, replaces, sinceMs }) =>
      (await routes()).dryRun(draft, replaces, sinceMs),
    'routes.save': async ({ route, replaces }) => (await routes()).save(route, replaces),
    'routes.remove': async ({ route }) => (await routes()).remove(route),
    'routes.stopArm': async ({ route, arm, isStopped }) => (await routes()).stopArm(route, arm, isStopped),
    'routes.switchShadow': async ({ route, isOn }) => (await routes()).switchShadow(route, isOn),
    'routes.figures': async ({ route, window }) => (await routes()).figures(route, window),
    'routes.differing': async ({ route, before, limit }) => (await routes()).differing(route, before, limit),
    'routes.openDiffering': async ({ route, ids }) =>
      openDiffering(await routes(), await pictures(), route, ids),
    'routes.feedback': async ({ route, requestId, outcome }) =>
      (await routes()).feedback(route, requestId, outcome),
    'routes.classify': async ({ picture, headers = {}, ...request }) => {
      const bytes = await (await pictures()).read(picture);
      return (await routes()).classify({ ...request, headers, picture: bytes });
    },
    'inference.rankPreprocessings': async ({ model, version, pictures: labelled }) => {
      const bytesOf = await pictures();
      const read = labelled.map(async ({ picture, label }) => ({
        picture: await bytesOf.read(picture),
        label,
      }));
      return (await inference()).rankPreprocessings(model, version, await Promise.all(read));
    },
    'inference.lookup': async ({ model, version, keys }) =>
      tableRowsOf(await (await inference()).lookup({ model, version: { version }, keys })),
    'inference.nearest': async ({ model, version, to, count }) => [
      ...(await (await inference()).nearest({ model, version: { version }, to, count })),
    ],
    'endpoints.state': async () => (await endpoints).state(),
    'endpoints.set': async (change) => (await endpoints).set(withoutUndefined(change)),
    'endpoints.requests': async () => (await endpoints).requests(),
    'endpoints.request': async ({ number }) => (await endpoints).request(number),
    'endpoints.openPicture': async ({ number }) => (await endpoints).openPicture(number),
    'endpoints.tokens': async () => (await endpoints).tokens(),
    'endpoints.createToken': async ({ name, scopes }) => (await endpoints).createToken(name, scopes),
    'endpoints.revokeToken': async ({ id }) => (await endpoints).revokeToken(id),
    'endpoints.examples': async ({ model, version }) => (await endpoints).examples(model, version),
    ...createJobHandlers(engine, desktop),
  };
}

/** What is dropped on the window goes to the engine by path. */
export const createDropHandlers = (engine: Promise<Engine>): DropHandlers => ({
  models: async (paths) => (await engine).models.offer(paths),
  pictures: async (paths) => (await engine).pictures.offerFiles(paths),
  input: async (paths) => offerInput(await engine, paths),
});

/** What is no picture that can be read, or no longer kept, is left out. */
async function openDiffering(
  routes: Engine['routes'],
  pictures: Engine['pictures'],
  route: string,
  ids: readonly number[],
) {
  const opened: { id: number; picture: Picture }[] = [];
  for (const id of ids) {
    const bytes = await routes.differingPicture(route, id);
    const offer = bytes && (await pictures.offerBytes(`${route}-${id}`, bytes));
    const [picture] = offer?.pictures ?? [];
    if (picture) opened.push({ id, picture });
  }
  return opened;
}

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Drops what is there but undefined: a change names only what changes. */
const withoutUndefined = <T extends object>(change: T): Known<T> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Known<T>;
