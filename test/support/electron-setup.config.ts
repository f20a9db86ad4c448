import { startTestDisplay } from '../../build/display.mjs';
import { launchSwitches } from '../../build/launch.mjs';
import { setup } from '../../build/setup.mjs';

/** Before the first end-to-end test: a built app, an Electron to run it, and a display of its own where there can be one. */
export default async function setUpElectron(): Promise<() => Promise<void>> {
  const runtime = await setup();
  const display = await startTestDisplay();
  Object.assign(process.env, display?.env);
  const { switches } = await launchSwitches(runtime.executable, { isVirtual: display !== undefined });
  process.env['SLIPWAY_ELECTRON'] = runtime.executable;
  process.env['SLIPWAY_ELECTRON_SWITCHES'] = JSON.stringify(switches);
  return async () => display?.close();
}
