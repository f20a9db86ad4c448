import { writeFile } from 'node:fs/promises';
import { app, type BrowserWindow } from 'electron';
import { reportUnexpected } from '../base/errors';

/** Resolves in the page once its content stands: a landmark `main` that is not busy, drawn. Gives up after ten seconds. */
const contentDrawn = `new Promise((done) => {
  const startedAt = performance.now();
  const look = () => {
    const main = document.querySelector('main');
    const stands = main !== null && main.getAttribute('aria-busy') !== 'true';
    if (stands || performance.now() - startedAt > 10000) requestAnimationFrame(() => done(stands));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})`;

/**
 * `--report-usable` prints one line of JSON once the window can be used: milliseconds since Node began in this process.
 * `--report-usable=FILE.png` saves a picture of the window before that. For the start script and for benchmarks.
 */
export function createUsableReport(): ((window: BrowserWindow) => void) | undefined {
  if (!app.commandLine.hasSwitch('report-usable')) return undefined;
  const file = app.commandLine.getSwitchValue('report-usable');
  let isDone = false;
  return (window) => {
    if (isDone) return;
    isDone = true;
    void report(window, file).catch(reportUnexpected);
  };
}

/** Tells the start script that the app is open already, and that its window was asked to show itself. */
export function reportOpenAlready(): void {
  if (app.commandLine.hasSwitch('report-usable')) print({ slipway: 'open already' });
}

async function report(window: BrowserWindow, file: string): Promise<void> {
  await window.webContents.executeJavaScript(contentDrawn);
  const usableMs = Math.round(performance.now());
  if (file !== '') await writeFile(file, (await window.webContents.capturePage()).toPNG());
  print({ slipway: 'usable', usableMs, picture: file });
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
