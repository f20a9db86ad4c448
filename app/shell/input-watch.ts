import { app } from 'electron';

/** Under `--end-with-input` the app quits when its standard input ends: when whatever started it has gone, however it went. */
export function setupInputWatch(): void {
  if (!app.commandLine.hasSwitch('end-with-input')) return;
  process.stdin.on('end', () => app.quit());
  process.stdin.resume();
}
