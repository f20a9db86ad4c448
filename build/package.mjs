import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fallbackFolder, fallbackVersion } from './fallback.mjs';
import { at, cache } from './paths.mjs';
import { setup } from './setup.mjs';
import { runCommand, say } from './terminal.mjs';

/**
 * Packages the app with electron-builder into the targets that are named (`AppImage`, `dmg`, `nsis`…), else into a plain folder. Where only the
 * fallback Electron is there the package is a rehearsal: it shows that the app starts packed, and is not for people.
 */
await runCommand(async () => {
  const runtime = await setup();
  // only once the modules are there
  const [{ build, Platform }, { parse }] = await Promise.all([import('electron-builder'), import('yaml')]);
  const declared = at('electron-builder.yml');
  const config =
    runtime.kind === 'fallback' ? await rehearse(parse(await readFile(declared, 'utf8'))) : declared;
  await build({
    targets: Platform.current().createTarget(
      process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['dir'],
    ),
    publish: 'never',
    config,
  });
  return 0;
});

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
