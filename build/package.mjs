import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startTestDisplay } from './display.mjs';
import { fallbackFolder, fallbackVersion } from './fallback.mjs';
import { launchSwitches } from './launch.mjs';
import { at, cache } from './paths.mjs';
import { setup } from './setup.mjs';
import { runCommand, say } from './terminal.mjs';

const startLimitMs = 60_000;

const executables = {
  linux: 'linux-unpacked/slipway',
  win32: 'win-unpacked/Slipway.exe',
  darwin:
    process.arch === 'arm64'
      ? 'mac-arm64/Slipway.app/Contents/MacOS/Slipway'
      : 'mac/Slipway.app/Contents/MacOS/Slipway',
};

/** Starts what was packed in a fresh profile, until its window can be used. Answers the exit code. */
async function startOnce() {
  const executable = at(`release/${executables[/** @type {keyof typeof executables} */ (process.platform)]}`);
  const display = await startTestDisplay();
  const profile = await mkdtemp(join(tmpdir(), 'slipway-package-'));
  try {
    const { switches } = await launchSwitches(executable, { isVirtual: display !== undefined });
    const child = spawn(executable, [...switches, `--user-data-dir=${profile}`, '--report-usable'], {
      env: { ...process.env, ...display?.env },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: startLimitMs,
    });
    const ended = once(child, 'close');
    let isUsable = false;
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('"usable"')) {
        isUsable = true;
        child.kill();
      }
    await ended;
    say('package', isUsable ? 'it starts' : 'it did NOT start');
    return isUsable ? 0 : 1;
  } finally {
    await display?.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/**
 * Writes the settings for the fallback: it is too old for one of the fuses. Answers their file.
 * @param {import('electron-builder').Configuration} declared
 */
async function rehearse(declared) {
  say('package', 'with the fallback Electron: a rehearsal, not for people');
  const { grantFileProtocolExtraPrivileges: _, ...electronFuses } = declared.electronFuses ?? {};
  const config = {
    ...declared,
    electronFuses,
    electronDist: await bareFallback(),
    electronVersion: fallbackVersion,
  };
  const file = join(cache, 'electron-builder.json');
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** The fallback as Electron ships it: without the bootstrap and the mark that the set-up adds. */
async function bareFallback() {
  const folder = join(cache, 'electron-to-package');
  const resources = join(fallbackFolder, 'resources');
  await rm(folder, { recursive: true, force: true });
  await cp(fallbackFolder, folder, { recursive: true, filter: (path) => !path.startsWith(`${resources}/`) });
  return folder;
}

/**
 * Packages the app with electron-builder into the targets that are named (`AppImage`, `dmg`, `nsis`…), else into a plain
 * folder, which is then started once. Where only the fallback Electron is there the package is a rehearsal: it shows that
 * the app starts packed, and is not for people.
 */
await runCommand(async () => {
  const runtime = await setup();
  // only once the modules are there
  const [{ build, Platform }, { parse }] = await Promise.all([import('electron-builder'), import('yaml')]);
  const declared = at('electron-builder.yml');
  const config =
    runtime.kind === 'fallback' ? await rehearse(parse(await readFile(declared, 'utf8'))) : declared;
  const targets = process.argv.slice(2);
  await build({
    targets: Platform.current().createTarget(targets.length > 0 ? targets : ['dir']),
    publish: 'never',
    config,
  });
  return targets.length > 0 ? 0 : await startOnce();
});
