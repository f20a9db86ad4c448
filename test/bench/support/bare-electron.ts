import { _electron, type ElectronApplication } from '@playwright/test';
import { electronExecutable, inRepo } from '../../support/electron-app';

/** The least that Electron can be, started as the app is in the benchmarks: what is measured of the app is held against it. */
export interface BareElectron {
  readonly electron: ElectronApplication;
  /** From the start of the process to a window that can be used, Playwright's attaching included. */
  readonly windowMs: number;
}

export async function launchBareElectron(profile: string): Promise<BareElectron> {
  const switches: readonly string[] = JSON.parse(process.env['SLIPWAY_ELECTRON_SWITCHES'] ?? '[]');
  const startedAt = performance.now();
  const electron = await _electron.launch({
    executablePath: electronExecutable(),
    args: [...switches, inRepo('test', 'bench', 'bare-app'), `--user-data-dir=${profile}`],
    chromiumSandbox: !switches.includes('--no-sandbox'),
  });
  const page = await electron.firstWindow();
  await page.getByRole('button', { name: 'Ready' }).waitFor();
  return { electron, windowMs: performance.now() - startedAt };
}

const delayName = 'benchDelay';

/** Begins to look at how late timers of the main process fire. */
export const watchMainLoop = (electron: ElectronApplication): Promise<void> =>
  electron.evaluate((_, name) => {
    const perfHooks: typeof import('node:perf_hooks') =
      process.getBuiltinModule?.('perf_hooks') ?? process.mainModule?.require('perf_hooks');
    const histogram = perfHooks.monitorEventLoopDelay({ resolution: 1 });
    histogram.enable();
    Reflect.set(globalThis, name, histogram);
  }, delayName);

/** Milliseconds at the 99th percentile since `watchMainLoop`, the timer's own millisecond taken off. */
export async function mainLoopP99(electron: ElectronApplication): Promise<number> {
  const p99Ms = await electron.evaluate((_, name) => {
    const histogram = Reflect.get(globalThis, name);
    histogram.disable();
    return histogram.percentile(99) / 1e6;
  }, delayName);
  return Math.max(0, p99Ms - 1);
}
