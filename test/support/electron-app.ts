import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  _electron,
  test as base,
  type ElectronApplication,
  expect,
  type Locator,
  type Page,
} from '@playwright/test';
import { descendantsOf, isAlive } from './processes';

const repoRoot = resolve(import.meta.dirname, '..', '..');

export interface LaunchOptions {
  /** Files and folders for the command line, or switches. */
  readonly args?: readonly string[];
  /** Another profile than the test's own. */
  readonly profile?: string;
}

/** The app, running: what a test does to it from outside. */
export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly pid: number;
  /** What went wrong so far and nobody expected: errors on the page's console, broken content rules, bugs in the log. */
  readonly problems: readonly string[];
  /** Problems that match are part of the test. */
  expectProblem(pattern: RegExp): void;
  /** Drops real files and folders, by absolute path, on an element or on the window's middle. */
  drop(paths: readonly string[], target?: Locator): Promise<void>;
  /** Drags them over the window without letting go; `leave` takes them away again. */
  dragOver(paths: readonly string[], target?: Locator): Promise<{ leave(): Promise<void> }>;
  /** The next open dialogs answer with these paths; none means that the person cancels. */
  answerOpenDialog(paths: readonly string[]): Promise<void>;
  /** Quits as a person does and waits until every process it started has ended. */
  close(): Promise<void>;
}

interface Fixtures {
  /** A folder that only this test knows. */
  readonly profile: string;
  /** Starts the app in the test's profile; again after a close, with what it kept. Closed at the end, problems fail the test. */
  readonly launch: (options?: LaunchOptions) => Promise<RunningApp>;
  readonly app: RunningApp;
  readonly page: Page;
}

/** Tests against the real Electron, each with a fresh profile. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from a pattern
  profile: async ({}, use, info) => {
    const profile = info.outputPath('profile');
    mkdirSync(profile, { recursive: true });
    await use(profile);
  },
  launch: async ({ profile }, use, info) => {
    const running: RunningApp[] = [];
    await use(async (options = {}) => {
      const app = await launchApp({ profile, ...options });
      running.push(app);
      return app;
    });
    const hasFailed = info.status !== info.expectedStatus;
    for (const [index, app] of running.entries()) {
      if (hasFailed && !app.page.isClosed())
        await info.attach(`window-${index + 1}.png`, {
          body: await app.page.screenshot(),
          contentType: 'image/png',
        });
      await app.close();
    }
    expect(
      running.flatMap((app) => app.problems),
      'errors on the console, broken content rules, bugs in the log',
    ).toEqual([]);
  },
  app: async ({ launch }, use) => {
    await use(await launch());
  },
  page: async ({ app }, use) => {
    await use(app.page);
  },
});

export { expect };

/** Starts the app outside a test's fixtures; the caller closes it. */
export async function launchApp({
  profile,
  args = [],
}: LaunchOptions & { readonly profile: string }): Promise<RunningApp> {
  const { ELECTRON_RENDERER_URL: _, NODE_OPTIONS: __, ...env } = process.env;
  const switches: readonly string[] = JSON.parse(process.env['SLIPWAY_ELECTRON_SWITCHES'] ?? '[]');
  const electron = await _electron.launch({
    executablePath: electronExecutable(),
    args: [...switches, repoRoot, `--user-data-dir=${profile}`, ...args],
    cwd: repoRoot,
    chromiumSandbox: !switches.includes('--no-sandbox'),
    env: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
  const problems = collectProblems(electron);
  const page = await electron.firstWindow();
  await page.waitForLoadState('load');
  const pid = electron.process().pid;
  if (pid === undefined) throw new Error('Electron has no process');
  let closing: Promise<void> | undefined;
  return {
    electron,
    page,
    pid,
    get problems() {
      return problems.unexpected();
    },
    expectProblem: problems.expect,
    drop: async (paths, target) => {
      const { at, send } = await startDrag(page, paths, target);
      await send('drop', at);
    },
    dragOver: async (paths, target) => {
      const { at, send } = await startDrag(page, paths, target);
      return { leave: () => send('dragCancel', at) };
    },
    answerOpenDialog: (paths) =>
      electron.evaluate(
        ({ dialog }, filePaths) => {
          dialog.showOpenDialog = () => Promise.resolve({ canceled: filePaths.length === 0, filePaths });
        },
        [...paths],
      ),
    close: () => {
      closing ??= closeApp(electron, page, pid, problems.add);
      return closing;
    },
  };
}

export function electronExecutable(): string {
  const executable = process.env['SLIPWAY_ELECTRON'];
  if (!executable)
    throw new Error('SLIPWAY_ELECTRON is not set: run these tests with Playwright, whose set-up finds it');
  return executable;
}

async function closeApp(
  electron: ElectronApplication,
  page: Page,
  pid: number,
  addProblem: (text: string) => void,
): Promise<void> {
  if (!page.isClosed()) for (const broken of await brokenRules(page)) addProblem(broken);
  const started = descendantsOf(pid);
  await electron.close();
  await expect
    .poll(() => [pid, ...started].filter(isAlive), { message: 'processes left after quitting' })
    .toEqual([]);
}

/** What broke the Content-Security-Policy, from before this was asked too. */
const brokenRules = (page: Page): Promise<string[]> =>
  page
    .evaluate(() => {
      const observer = new ReportingObserver(() => {}, { buffered: true, types: ['csp-violation'] });
      observer.observe();
      return observer.takeRecords().map((report) => JSON.stringify(report.body));
    })
    .catch(() => []); // the page has just gone

function collectProblems(electron: ElectronApplication) {
  const found: string[] = [];
  const expected: RegExp[] = [];
  const add = (text: string): void => void found.push(text);
  electron.context().on('console', (message) => {
    if (message.type() === 'error') add(`console: ${message.text()}`);
  });
  electron.context().on('weberror', (error) => add(`page: ${error.error().stack ?? error.error().message}`));
  electron.process().stderr?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n'))
      if (/^\S+Z (unexpected|uncaught|unhandled rejection|page):|-CRITICAL \*\*:/.test(line))
        add(`log: ${line}`);
  });
  return {
    add,
    expect: (pattern: RegExp): void => void expected.push(pattern),
    unexpected: (): string[] => found.filter((text) => !expected.some((pattern) => pattern.test(text))),
  };
}

type DragStep = 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel';

/** A drag of real files through the page's DevTools session, as the system would bring it. */
async function startDrag(page: Page, paths: readonly string[], target: Locator | undefined) {
  const box = target ? await target.boundingBox() : await middleOf(page);
  if (!box) throw new Error('the drop target is not on screen');
  const session = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: paths.map((path) => resolve(path)), dragOperationsMask: 1 };
  const send = async (type: DragStep, point: typeof at): Promise<void> => {
    await session.send('Input.dispatchDragEvent', { type, ...point, data });
  };
  await send('dragEnter', at);
  await send('dragOver', at);
  return { at, send };
}

const middleOf = (page: Page) =>
  page.evaluate(() => ({ x: 0, y: 0, width: window.innerWidth, height: window.innerHeight }));

/** A folder of the repository, such as the samples. */
export const inRepo = (...parts: string[]): string => join(repoRoot, ...parts);
