import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { electronExecutable, expect, inRepo, test } from '../support/electron-app';
import { descendantsOf, isAlive } from '../support/processes';

/** Adds the sample model behind the page's back and waits until a version can answer. */
async function loadSample(page: Page): Promise<void> {
  await page.evaluate(() => Reflect.get(window, 'bridge').call['models.addSample']());
  await expect
    .poll(
      () =>
        page.evaluate(async () => JSON.stringify(await Reflect.get(window, 'bridge').call['models.list']())),
      {
        timeout: 30_000,
      },
    )
    .toContain('"lifecycle":"available"');
}

test('the window opens with the page, its menu and no error', async ({ app, page }) => {
  await expect(page).toHaveTitle('Slipway');
  await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible();
  const menu = await app.electron.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()?.items.map((item) => item.label),
  );
  expect(menu).toEqual(expect.arrayContaining(['File', 'Edit', 'View', 'Model', 'Run', 'Window', 'Help']));
});

test('the page is sandboxed: no Node, no Electron, only the bridge', async ({ page }) => {
  const globals = await page.evaluate(() =>
    ['require', 'process', 'module', 'global', 'Buffer', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
  );
  expect(globals).toEqual([]);
  const bridge = await page.evaluate(() => Object.keys(Reflect.get(window, 'bridge')).sort());
  expect(bridge).toEqual(['call', 'feed', 'offerInput', 'offerModels', 'offerPictures']);
});

test('the page can neither go elsewhere nor open windows', async ({ app, page }) => {
  const home = page.url();
  const opened = await page.evaluate(() => {
    location.href = 'https://example.com/';
    return window.open('https://example.com/') !== null;
  });
  expect(opened).toBe(false);
  await page.evaluate(() => {
    location.href = 'file:///etc/passwd';
  });
  app.expectProblem(/Not allowed to load local resource/);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(page.url()).toBe(home);
  expect(app.electron.windows()).toHaveLength(1);
});

test('the scheme serves the bundled page and nothing beside it', async ({ app }) => {
  const addresses = [
    'slipway://app/',
    'slipway://app/../package.json',
    'slipway://app/%2e%2e/main/entry.cjs',
    'slipway://app/..%2fmain%2fentry.cjs',
    'slipway://app/nothing.js',
    'slipway://app/pictures/no-such-picture/view',
    'slipway://other/',
    'slipway://other/index.html',
  ];
  const statuses = await app.electron.evaluate(
    async ({ net }, list) => Promise.all(list.map(async (address) => (await net.fetch(address)).status)),
    addresses,
  );
  expect(statuses).toEqual([200, 404, 404, 404, 404, 404, 404, 404]);
});

test('the page gets a policy with a nonce of its own at each load', async ({ app }) => {
  const load = () =>
    app.electron.evaluate(async ({ net }) => {
      const reply = await net.fetch('slipway://app/');
      return { policy: reply.headers.get('content-security-policy') ?? '', html: await reply.text() };
    });
  const [first, second] = [await load(), await load()];
  const nonce = /'nonce-([^']+)'/.exec(first.policy)?.[1] ?? '';
  expect(nonce.length).toBeGreaterThan(20);
  expect(first.html).toContain(nonce);
  expect(second.policy).not.toContain(nonce);
  expect(first.policy).toContain("default-src 'none'; script-src 'self'; ");
});

test('nothing outside the app is requested, not even files', async ({ app }) => {
  const outcomes = await app.electron.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const load = (address: string): Promise<boolean> =>
      window?.webContents.executeJavaScript(
        `fetch(${JSON.stringify(address)}).then(() => true, () => false)`,
      ) ?? Promise.resolve(true);
    return Promise.all(['https://example.com/', 'http://127.0.0.1:9/', 'file:///etc/hostname'].map(load));
  });
  app.expectProblem(/Content Security Policy|connect-src|example\.com/);
  expect(outcomes).toEqual([false, false, false]);
});

test('a frame that is not the page gets no answer from the engine', async ({ app }) => {
  const reply = await app.electron.evaluate(async ({ BrowserWindow, app: electronApp }) => {
    const preload = `${electronApp.getAppPath()}/dist/preload/preload.cjs`;
    const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
    await stranger.loadURL('about:blank');
    const answer = await stranger.webContents.executeJavaScript("window.bridge.call['models.list']()");
    stranger.destroy();
    return answer;
  });
  expect(reply).toMatchObject({ ok: false, error: { code: 'IPC_UNTRUSTED_SENDER' } });
});

test('input that breaks the contract is refused before it reaches the engine', async ({ page }) => {
  const reply = await page.evaluate(() =>
    Reflect.get(window, 'bridge').call['models.load']({ model: 'a/b', version: -1, extra: true }),
  );
  expect(reply).toMatchObject({
    ok: false,
    error: { code: 'IPC_BAD_INPUT', params: { channel: 'models.load' } },
  });
});

test('a second launch hands its folders to the first and ends', async ({ app, page, profile }) => {
  await expect(page.getByRole('main')).toBeVisible();
  const folder = inRepo('app', 'resources', 'samples');
  await page.evaluate(() => {
    Reflect.get(window, 'bridge').feed['drop.offered']((offer: unknown) =>
      Reflect.set(window, 'offered', offer),
    );
  });
  const switches: readonly string[] = JSON.parse(process.env['SLIPWAY_ELECTRON_SWITCHES'] ?? '[]');
  const second = spawn(electronExecutable(), [...switches, inRepo(), `--user-data-dir=${profile}`, folder], {
    stdio: 'ignore',
  });
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
  await expect
    .poll(() => page.evaluate(() => Reflect.get(window, 'offered')))
    .toMatchObject({ ticket: expect.any(String) });
  expect(app.electron.windows()).toHaveLength(1);
});

test('the window comes back where it was', async ({ launch }) => {
  const first = await launch();
  await first.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 120, y: 90, width: 900, height: 640 }),
  );
  await first.close();
  const second = await launch();
  const bounds = await second.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  );
  expect(bounds).toMatchObject({ width: 900, height: 640 });
});

test('closing the window ends the app and every process it started', async ({ app, page }) => {
  await loadSample(page);
  const started = descendantsOf(app.pid);
  expect(started.length).toBeGreaterThan(1);
  const ended = app.electron.waitForEvent('close');
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await ended;
  await expect.poll(() => [app.pid, ...started].filter(isAlive)).toEqual([]);
});

test('an app that is killed while a model is loaded leaves no process behind', async ({ app, page }) => {
  test.skip(process.platform === 'win32', 'there are no signals');
  await loadSample(page);
  const started = descendantsOf(app.pid);
  const ended = app.electron.waitForEvent('close');
  process.kill(app.pid, 'SIGKILL');
  await ended;
  await expect.poll(() => started.filter(isAlive)).toEqual([]);
});

test('pictures are drawn by a process of their own, which gets none of our secrets', async ({
  app,
  page,
}) => {
  test.skip(process.platform !== 'linux', 'reads /proc');
  const drawn = await page.evaluate(async () => {
    const { value } = await Reflect.get(window, 'bridge').call['pictures.samples']();
    const reply = await fetch(value.pictures[0].urls.view);
    return {
      status: reply.status,
      type: reply.headers.get('content-type'),
      policy: reply.headers.get('x-content-type-options'),
    };
  });
  expect(drawn).toEqual({ status: 200, type: expect.stringMatching(/^image\//), policy: 'nosniff' });
  const runners = descendantsOf(app.pid).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node.mojom.NodeService'),
  );
  expect(runners.length).toBeGreaterThan(0);
  for (const pid of runners) {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(environment).not.toContain('SLIPWAY_ELECTRON');
    expect(environment).not.toContain('NODE_OPTIONS');
  }
});

test('the window cannot be made smaller than 640 by 480', async ({ app }) => {
  const least = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getMinimumSize(),
  );
  expect(least).toEqual([640, 480]);
});

test('a menu item asks the page to run its command', async ({ app, page }) => {
  await expect(page.getByRole('main')).toBeVisible();
  await page.evaluate(() => {
    Reflect.get(window, 'bridge').feed['command.requested']((asked: unknown) =>
      Reflect.set(window, 'asked', asked),
    );
  });
  await app.electron.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()?.getMenuItemById('go.playground')?.click(),
  );
  await expect.poll(() => page.evaluate(() => Reflect.get(window, 'asked'))).toEqual({ id: 'go.playground' });
});

test('About tells the versions, and says so when the fallback Electron runs', async ({ app }) => {
  const shown = await app.electron.evaluate(async ({ dialog, Menu }) => {
    const asked: unknown[] = [];
    dialog.showMessageBox = (...given: unknown[]) => {
      asked.push(given.at(-1));
      return Promise.resolve({ response: 0, checkboxChecked: false });
    };
    Menu.getApplicationMenu()?.getMenuItemById('app.about')?.click();
    return asked;
  });
  const resources = await app.electron.evaluate(() => process.resourcesPath);
  expect(shown).toHaveLength(1);
  expect(JSON.stringify(shown[0])).toContain('ONNX Runtime');
  expect(JSON.stringify(shown[0]).includes('fallback Electron')).toBe(
    existsSync(`${resources}/fallback-runtime.json`),
  );
});
