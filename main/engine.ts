import { mkdir } from 'node:fs/promises';
import { type Clock, systemClock } from '../app/base/clock';
import type { AppError } from '../app/base/errors';
import { type Disposable, DisposableStore } from '../app/base/lifecycle';
import { Additions } from './engine/additions';
import { Chronicle, type Occasion } from './engine/chronicle';
import { connectJobs } from './engine/connect-jobs';
import { connectRoutes } from './engine/connect-routes';
import { EngineInference } from './engine/engine-inference';
import { EngineModels } from './engine/engine-models';
import { EventLog, type NewEvent } from './engine/event-log';
import { Forecasts } from './engine/forecasts';
import { stateAtRest } from './engine/history';
import { ImagingRunner } from './engine/imaging';
import { InteractiveLoad } from './engine/interactive-load';
import { Library } from './engine/library';
import { LoadedContents, type RecordedContent } from './engine/loaded-contents';
import { ModelRegistry } from './engine/model-registry';
import { ModelViews } from './engine/model-views';
import { occasionOf } from './engine/occasions';
import { PictureStore } from './engine/pictures';
import { createPlatform } from './engine/platform';
import { ServingCore } from './engine/serving-core';
import { memoryBudget, SettingsStore } from './engine/settings-store';
import { UndoStack } from './engine/undo-stack';
import type { Engine, EngineOptions } from './engine-api';
import { Breather } from './serving/breather';
import { type ServableId, servableKey } from './serving/servable-id';
import type { ServableSnapshot } from './serving/servable-snapshot';
import type { ScannedVersion } from './sources/model-scan';

const figuresEveryMs = 2_000;

/**
 * The composition root: configuration in, sources → adapters → manager out, with the views and the event log beside them.
 * Runs under plain Node. Throws `AppError` when the state folder cannot be used.
 */
export async function createEngine(options: EngineOptions, clock: Clock = systemClock): Promise<Engine> {
  const { stateFolder, samplesFolder, spawnRunner } = options;
  if (stateFolder !== null) await mkdir(stateFolder, { recursive: true });
  const eventFolder = options.eventFolder ?? stateFolder;
  if (eventFolder !== null) await mkdir(eventFolder, { recursive: true });
  const log = await EventLog.open(eventFolder, { clock });
  const onBroken = (file: string): void =>
    log.append({
      model: '',
      version: null,
      kind: 'fileSetAside',
      cause: 'start',
      params: { file },
      error: null,
    });
  const settings = await SettingsStore.open(stateFolder, options.settings ?? {}, clock, onBroken);
  const registry = await ModelRegistry.open(stateFolder, clock, onBroken);
  await registry.seed(options.models ?? []);

  const library = new Library(stateFolder, (basePath) =>
    [...registry.all()].some((it) => it.basePath === basePath),
  );
  const forecasts = await Forecasts.open(stateFolder, clock, onBroken);
  const undo = await UndoStack.open(stateFolder, clock, onBroken);
  const platform = createPlatform({
    spawnRunner,
    clock,
    registry,
    forecasts,
    mostMemoryBytes: () => memoryBudget(settings.get()),
    onDidForceEnd: (id, error) => log.append(forcedEnd(id, error)),
    runner: options.serving?.runner,
  });
  const core = new ServingCore({
    clock,
    settings: () => settings.get(),
    serving: options.serving,
    ...platform,
  });
  const chronicle = new Chronicle(log);
  const contents = new LoadedContents((name, version) => chronicle.contentHashOf(name, version));
  const before = log.state();
  const breather = new Breather();
  const atRest = await stateAtRest(before, (name) => registry.find(name));
  log.begin(atRest);
  await breather.breathe();
  chronicle.begin(atRest);
  await breather.breathe();
  for (const name of before.keys()) if (!atRest.has(name)) log.append(removedMeanwhile(name));
  const views = new ModelViews(
    {
      entry: (name) => registry.find(name),
      servable: (name, version) => core.manager.snapshot({ name, version }),
      loadsOnRequest: (name, version) => core.manager.isRegistered({ name, version }),
      figures: (name, version, scanned) => core.figures(name, version, scanned),
      isChangedOnDisk: (name, version) => contents.isChanged(name, version),
      isOtherContent: (name, version) => contents.isOther(name, version),
      loadedHash: (name, version) => contents.knownGood(name, version),
      holdsCopies: (basePath) => library.holds(basePath),
      labels: (name) => [...core.labels.snapshot(name)],
      memory: () => core.memory(),
    },
    chronicle,
    clock,
  );
  undo.onDidForget((inverse) => {
    if (inverse.kind !== 'insert' || !inverse.deletesCopies) return;
    const { basePath } = inverse.entry;
    const mayComeBack = [...undo.inverses()].some(
      (it) => it.kind === 'insert' && it.entry.basePath === basePath,
    );
    if (!mayComeBack) void library.delete(basePath);
  });
  const owned = connect({
    core,
    views,
    contents,
    forecasts,
    settings,
    clock,
    atStart: [...registry.all()].map(({ name }) => name),
  });

  for (const entry of [...registry.all()]) {
    core.apply(entry.name, entry);
    views.add(entry, { cause: 'start' });
    if (breather.isDue) await breather.breathe();
  }

  const imaging = new ImagingRunner(spawnRunner, clock);
  const additions = new Additions({
    samplesFolder,
    stateFolder,
    registry,
    library,
    isModel: platform.isModel,
    importAsJob: (params) => jobs.importVersion(params),
    defaults: () => ({ switching: settings.get().defaultSwitching }),
  });
  const load = new InteractiveLoad(clock);
  const shared = { load, manager: core.manager, labels: core.labels, registry, clock };
  const direct = new EngineInference({ ...shared, views, undo });
  const { routes, inference, closeRoutes } = connectRoutes({
    ...shared,
    stateFolder,
    direct,
    models: views,
    log,
    undo,
    onBroken,
  });
  const { pictures } = direct;
  const models = new EngineModels({
    registry,
    settings,
    views,
    control: core,
    contents,
    log,
    undo,
    additions,
    routes,
    pictures,
  });
  const jobs = await connectJobs({ options, clock, load, registry, core, platform, models, onBroken });
  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    await Promise.all([jobs.close(), closeRoutes(), core.close(), imaging.close()]);
    contents.close();
    owned.dispose();
    load.dispose();
    views.dispose();
    await registry.save().catch(() => undefined); // only when models were last used is not kept yet
    await Promise.all([forecasts.save(), undo.save(), library.close()]);
    await log.close();
  }
  return {
    models,
    routes,
    inference,
    jobs,
    pictures: new PictureStore({ imaging, samplesFolder }),
    settings,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

interface Parts {
  readonly core: ServingCore;
  readonly views: ModelViews;
  readonly contents: LoadedContents;
  readonly forecasts: Forecasts;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  /** The models that there are when the engine starts. */
  readonly atStart: readonly string[];
}

/** Who hears of what. */
function connect({ core, views, contents, forecasts, settings, clock, atStart }: Parts): DisposableStore {
  const { source, manager } = core;
  const owned = new DisposableStore();
  const rules = new Map<string, string>();
  const unseen = new Set(atStart);
  const noteMemory = ({ name, version }: ServableId): void => {
    const scanned = views.scannedVersion(name, version);
    const bytes = core.processBytes({ name, version });
    if (scanned && bytes !== null) forecasts.note(scanned, bytes);
  };
  const noteProvider = ({ name, version }: ServableId): void => {
    const provider = core.provider({ name, version });
    if (!provider || provider.asked === provider.used) return;
    const { asked, used } = provider;
    views.noteContent(name, version, { kind: 'providerFellBack', cause: 'runner', params: { asked, used } });
  };

  owned.add(
    source.onDidScan((scan) => {
      // what the first look finds was there before Slipway was
      views.noteScan(scan, { cause: unseen.delete(scan.name) ? 'start' : 'fileSystem' });
      contents.noteScan(scan);
    }),
  );
  owned.add(core.labels.onDidApply((name) => views.noteLabels(name)));
  owned.add(
    contents.onDidChange(({ name, version }) => views.noteContent(name, version, { cause: 'fileSystem' })),
  );
  owned.add(
    contents.onDidRecord((content) =>
      views.noteContent(content.name, content.version, occasionOfContent(content)),
    ),
  );
  for (const event of [manager.onDidRegister, manager.onDidWithdraw]) {
    owned.add(event((id) => views.noteServable(id, { cause: 'policy' })));
  }
  owned.add(manager.onDidDecide(({ id, rule }) => rules.set(servableKey(id), rule)));
  owned.add(
    manager.onDidChange(({ id, what }) => {
      if (what === 'handles') {
        views.noteFigures(id.name, id.version);
        return; // as often as somebody asks
      }
      const servable = manager.snapshot(id);
      if (what === 'state') noteContents(contents, views.scannedVersion(id.name, id.version), id, servable);
      views.noteServable(
        id,
        occasionOf(servable, views.override(id.name, id.version), rules.get(servableKey(id))),
      );
      if (what === 'state' && servable?.state === 'ready') {
        noteMemory(id);
        noteProvider(id);
      }
      if (what === 'forgotten') rules.delete(servableKey(id));
      if (what === 'state' && (servable?.state === 'ready' || servable?.state === 'error'))
        source.reconsider(id.name);
    }),
  );
  owned.add(
    settings.onDidChange(() => {
      core.noteSettings();
      views.noteMemory();
    }),
  );
  owned.add(
    every(figuresEveryMs, clock, () => {
      for (const id of manager.listAvailableServableIds()) {
        noteMemory(id);
        views.noteFigures(id.name, id.version);
      }
    }),
  );
  return owned;
}

const removedMeanwhile = (model: string): NewEvent => ({
  model,
  version: null,
  kind: 'modelRemoved',
  cause: 'start',
  params: {},
  error: null,
});

const forcedEnd = ({ name, version }: ServableId, error: AppError): NewEvent => ({
  model: name,
  version,
  kind: 'runnerExited',
  cause: 'runner',
  params: {},
  error: error.toWire(),
});

const occasionOfContent = ({ hash, isOther, isAccepted }: RecordedContent): Occasion => ({
  kind: isOther ? 'contentReplaced' : 'contentRecorded',
  cause: isAccepted ? 'person' : 'content',
  params: { hash },
});

/** Keeps account of which files are behind what is loaded. */
function noteContents(
  contents: LoadedContents,
  scanned: ScannedVersion | undefined,
  { name, version }: ServableId,
  servable: ServableSnapshot | undefined,
): void {
  if (servable?.state === 'loading' && scanned) contents.note(name, scanned);
  else if (servable?.state === 'ready') void contents.record(name, version);
  else if (servable?.state === 'disabled' || servable?.state === 'error') contents.forget(name, version);
}

function every(intervalMs: number, clock: Clock, run: () => void): Disposable {
  let timer = clock.schedule(intervalMs, tick);
  function tick(): void {
    run();
    timer = clock.schedule(intervalMs, tick);
  }
  return { dispose: () => timer.dispose() };
}
