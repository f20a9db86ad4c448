import { app, type BrowserWindow, dialog, Notification, powerMonitor } from 'electron';
import type { Engine, Jobs } from '../../main/engine-api';
import { reportUnexpected } from '../base/errors';
import type { JobState } from '../contract/jobs';
import { type CloseAnswer, CloseGuard } from './close-guard';
import type { Feeds } from './feeds';
import { JobNotices, type Notice } from './job-notices';
import { windowProgress } from './job-progress';
import { messages } from './messages';

export interface JobsHostOptions {
  readonly engine: Promise<Engine>;
  readonly feeds: Feeds;
  readonly window: () => BrowserWindow | undefined;
}

export interface JobsHost {
  /** Brings the window to the front, from the background too. */
  readonly show: () => void;
  /** May the app end now? If not, the person is asked what to do with the jobs. */
  readonly mayClose: () => boolean;
  /** To be called with the window when it is there. */
  readonly watch: (window: BrowserWindow) => void;
}

const underWay: ReadonlySet<JobState> = new Set<JobState>(['running', 'queued', 'cancelling']);

/** What jobs do outside the page: the page's feed, the window's progress, notices, and the question when the app is to go. */
export function setupJobs({ engine, feeds, window }: JobsHostOptions): JobsHost {
  let jobs: Jobs | undefined;
  let shown: Notification | undefined;
  const guard = new CloseGuard({
    jobsUnderWay: () => jobs?.list().filter(({ state }) => underWay.has(state)).length ?? 0,
    ask: (count) => ask(window(), count),
    hide: () => window()?.hide(),
    quit: () => app.quit(),
  });
  const show = (): void => {
    guard.noteShown();
    const open = window();
    if (open?.isMinimized()) open.restore();
    open?.show();
    open?.focus();
  };
  const notify = ({ title, body, job }: Notice): void => {
    if (!Notification.isSupported()) return;
    shown?.close();
    shown = new Notification({ title, body });
    shown.on('click', () => {
      show();
      if (job !== null) feeds.send('jobs.opened', { id: job });
      else feeds.send('command.requested', { id: 'go.jobs' });
    });
    shown.show();
  };
  const follow = async (): Promise<void> => {
    const running = await engine;
    const ours = running.jobs;
    jobs = ours;
    const notices = new JobNotices({
      isInSight: () => window()?.isFocused() ?? false,
      isWanted: () => running.settings.get().notifiesOfJobs,
      show: notify,
    });
    app.on('browser-window-focus', () => notices.seen());
    const told = (): void => {
      window()?.setProgressBar(windowProgress(ours.list()));
      guard.noteJobs();
    };
    ours.onDidChange((job) => {
      feeds.send('jobs.changed', { changed: [ours.batches.view(job)], removed: [] });
      notices.note(job);
      told();
    });
    ours.onDidRemove((id) => {
      feeds.send('jobs.changed', { changed: [], removed: [id] });
      told();
    });
    for (const job of ours.list()) notices.note(job); // those that go on from the last time
    told();
  };
  follow().catch(() => {
    // the engine has said why it could not start
  });

  const leave = (): void => {
    guard.letGo();
    app.quit();
  };
  app.whenReady().then(() => {
    powerMonitor.on('shutdown', leave);
    // not before: Chromium would put handlers of its own in their place, which ask
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, leave);
  }, reportUnexpected);
  app.on('activate', show);
  return {
    show,
    mayClose: () => guard.mayClose(),
    watch: (opened) => {
      opened.on('close', (event) => {
        if (!guard.mayClose()) event.preventDefault();
      });
      opened.on('session-end', () => guard.letGo());
    },
  };
}

async function ask(window: BrowserWindow | undefined, count: number): Promise<CloseAnswer> {
  const words = messages.jobs;
  const options = {
    type: 'question' as const,
    message: words.stillRunning(count),
    detail: words.stillRunningDetail,
    buttons: [words.keepRunning, words.stopAndQuit, words.cancel],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  };
  const { response } = await (window?.isVisible()
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  return (['background', 'stop', 'cancel'] as const)[response] ?? 'cancel';
}
