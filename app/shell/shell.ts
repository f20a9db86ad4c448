import { join } from 'node:path';
import { app, type BrowserWindow, clipboard, ipcMain, session, shell } from 'electron';
import { SpareRunners } from '../../main/runner/spare-runners';
import { systemClock } from '../base/clock';
import { reportUnexpected } from '../base/errors';
import { showAbout } from './about';
import { readAppInfo } from './app-info';
import { createAppMenu } from './app-menu';
import { givenPaths, type LaunchData, launchDataSchema } from './arguments';
import { listAssets } from './assets';
import { setupCrashLog } from './crash-log';
import {
  chooseBatchFolder,
  chooseBatchList,
  chooseExport,
  chooseFolders,
  chooseModelFiles,
  choosePictures,
  chooseTensors,
} from './dialogs';
import { createEndpointsHost, type EndpointsHost } from './endpoints-host';
import { createEngineHost, type EngineHost } from './engine-host';
import { createFeeds, type Feeds } from './feeds';
import { createDropHandlers, createHandlers } from './handlers';
import { setupInputWatch } from './input-watch';
import { createTrust, serve } from './ipc';
import { setupJobs } from './jobs-host';
import { createLog } from './log';
import { isAllowedLink, setupNavigation } from './navigation';
import { createPageOrigin } from './page-origin';
import { setupPermissions } from './permissions';
import { setupQuit } from './quit';
import { createUtilitySpawn } from './runner-process';
import { registerScheme, setupScheme } from './scheme';
import { applyTheme } from './theme';
import { createUsableReport, reportOpenAlready } from './usable-report';
import { openWindow } from './window';
import { openWindowState, type WindowStateStore } from './window-state';

const dist = join(__dirname, '..');

/** Puts the desktop app together: one window, one engine, one of each per profile. */
export function startShell(): void {
  const isDefaultApp = Boolean(process.defaultApp);
  const given = givenPaths(process.argv, process.cwd(), isDefaultApp);
  if (!app.requestSingleInstanceLock({ paths: given } satisfies LaunchData)) {
    reportOpenAlready();
    app.exit(0); // the first one shows itself
    return;
  }
  const info = readAppInfo();
  const log = createLog(
    join(app.getPath('userData'), 'logs'),
    app.isPackaged ? undefined : (line) => process.stderr.write(line),
  );
  setupCrashLog(log);
  log.write(
    'start',
    `Slipway ${info.version}, Electron ${info.electron}${info.isFallbackRuntime ? ' (fallback)' : ''}`,
  );

  let window: BrowserWindow | undefined;
  const current = (): BrowserWindow | undefined => (window?.isDestroyed() ? undefined : window);
  const origin = createPageOrigin(process.env['ELECTRON_RENDERER_URL'], app.isPackaged);
  const feeds = createFeeds(() => current()?.webContents);
  const spares = new SpareRunners(
    createUtilitySpawn(join(dist, 'main', 'runner.cjs'), (name, text) => log.write(name, text)),
    { clock: systemClock, platform: 'onnx' },
  );
  const stateFolder = join(app.getPath('userData'), 'engine');
  const host = createEngineHost({
    spawnRunner: spares.spawn,
    stateFolder,
    samplesFolder: app.isPackaged
      ? join(process.resourcesPath, 'samples')
      : join(app.getAppPath(), 'app', 'resources', 'samples'),
  });

  const endpoints = createEndpointsHost(host.ready, stateFolder, info.version);

  // as root Chromium runs only without its sandbox, and `enableSandbox` would take that switch back
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerScheme();
  setupNavigation(origin);
  const offer = (paths: readonly string[]): void => void offerPaths(host, feeds, paths);
  const menu = createAppMenu(join(app.getPath('userData'), 'recent-folders.json'), {
    run: (id) => feeds.send('command.requested', { id }),
    about: () => void showAbout(current(), info),
    offer,
  });
  const jobs = setupJobs({ engine: host.ready, feeds, window: current });
  app.on('second-instance', (_event, _argv, _folder, data) => {
    jobs.show();
    const launch = launchDataSchema.safeParse(data);
    if (launch.success) offer(launch.data.paths);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    offer([path]);
  });

  setupInputWatch();
  const opening = openWindowState(join(app.getPath('userData'), 'window.json'));
  setupQuit(jobs.mayClose, async () => {
    current()?.hide();
    spares.dispose();
    await endpoints.close();
    await Promise.all([host.close(), opening.then((state) => state.flush())]);
    await log.flush();
  });

  const start = async (): Promise<void> => {
    const [state] = await Promise.all([opening, app.whenReady()]);
    applyTheme(state.get().theme, undefined);
    setupPermissions(session.defaultSession, origin);
    setupScheme(session.defaultSession.protocol, {
      assets: origin.devServer ? Promise.resolve(new Map()) : listAssets(join(dist, 'renderer')),
      engine: () => host.ready,
    });
    const reportUsable = createUsableReport();
    serve(
      ipcMain,
      createHandlers(host.ready, endpoints.ready, {
        info,
        chooseFolders: () => chooseFolders(current()),
        chooseModelFiles: () => chooseModelFiles(current()),
        choosePictures: () => choosePictures(current()),
        chooseBatchInput: {
          folder: () => chooseBatchFolder(current()),
          list: () => chooseBatchList(current()),
          tensors: () => chooseTensors(current()),
        },
        chooseExport: (name, format) => chooseExport(current(), name, format),
        showInFolder: (path) => shell.showItemInFolder(path),
        openLink: (url) => shell.openExternal(url),
        copyText: (text) => clipboard.writeText(text),
        isAllowedLink,
        setCommands: menu.enable,
        noteAdded: menu.noteAdded,
        onPageReady: () => {
          feeds.markReady();
          const open = current();
          if (open) reportUsable?.(open);
        },
      }),
      createDropHandlers(host.ready),
      createTrust(origin, (id) => current()?.webContents.id === id),
    );
    window = openWindow(join(dist, 'preload', 'preload.cjs'), origin, state, app.isPackaged);
    jobs.watch(window);
    window.webContents.on('did-start-loading', () => feeds.markLoading());
    window.once('ready-to-show', () => setImmediate(() => host.start()));
    feedEndpoints(endpoints, feeds).catch(reportUnexpected);
    await feedPage(host, feeds, state, current);
    offer(given);
  };
  start().catch(reportUnexpected);
}

/** What the engine tells goes to the page; its theme also to the window. */
async function feedPage(
  host: EngineHost,
  feeds: Feeds,
  state: WindowStateStore,
  window: () => BrowserWindow | undefined,
): Promise<void> {
  const { models, routes, settings } = await host.ready;
  models.onDidChange((change) => feeds.send('models.changed', change));
  models.onDidLog((events) => feeds.send('events.appended', [...events]));
  routes.onDidChange((change) => feeds.send('routes.changed', change));
  routes.onDidCount((rates) => feeds.send('routes.counted', rates));
  const apply = ({ theme }: ReturnType<typeof settings.get>): void => {
    if (state.get().theme !== theme) state.update({ theme });
    applyTheme(theme, window());
  };
  apply(settings.get());
  settings.onDidChange((changed) => {
    apply(changed);
    feeds.send('settings.changed', changed);
  });
}

async function feedEndpoints(endpoints: EndpointsHost, feeds: Feeds): Promise<void> {
  const { onDidChange, onDidRequest } = await endpoints.ready;
  onDidChange((changed) => feeds.send('endpoints.changed', changed));
  onDidRequest((requests) => feeds.send('endpoints.requested', requests));
}

async function offerPaths(host: EngineHost, feeds: Feeds, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  try {
    feeds.send('drop.offered', await (await host.ready).models.offer(paths));
  } catch (thrown) {
    reportUnexpected(thrown);
  }
}
