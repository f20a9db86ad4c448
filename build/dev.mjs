import { hasDisplay, startVirtualDisplay } from './display.mjs';
import { launchSwitches, showErrors } from './launch.mjs';
import { endRunning, nodeModule, run } from './process.mjs';
import { setup } from './setup.mjs';
import { forgetBuild } from './sources.mjs';
import { runCommand, say, takeSignals } from './terminal.mjs';

/** The app with hot reload: the page at once, main and preload by a restart. */
await runCommand(async () => {
  const runtime = await setup({ needsBuild: false });
  await forgetBuild(); // what it writes to dist is no build to start
  const display = hasDisplay() ? undefined : await startVirtualDisplay();
  if (display) say('display', `this machine has none: a virtual one, ${display.name}, was started`);
  const giveBack = takeSignals(endRunning); // the app goes with electron-vite
  try {
    const { switches } = await launchSwitches(runtime.executable, { isVirtual: display !== undefined });
    const { code } = await run(
      process.execPath,
      [
        ...nodeModule('electron-vite/bin/electron-vite.js'),
        'dev',
        '--watch',
        '--',
        ...switches,
        ...process.argv.slice(2),
      ],
      {
        show: true,
        showErrors,
        isGroup: true,
        env: { ...process.env, ...display?.env, ELECTRON_EXEC_PATH: runtime.executable },
      },
    );
    return code;
  } finally {
    giveBack();
    await display?.close();
  }
});
