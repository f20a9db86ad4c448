import { resolve } from 'node:path';
import { app } from 'electron';

/** Names the app and decides where it keeps its things; `--user-data-dir=FOLDER` gives it another profile. First of all. */
export function setupProfile(): void {
  app.setName('Slipway');
  const folder = app.commandLine.getSwitchValue('user-data-dir');
  if (folder !== '') app.setPath('userData', resolve(folder));
}
