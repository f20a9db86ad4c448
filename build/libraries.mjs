import { run, succeeds } from './process.mjs';
import { SetupError } from './setup-error.mjs';
import { say } from './terminal.mjs';

/** What Electron links to on Linux: the file it asks for, and the Debian packages (older and newer name) that hold it. */
const packagesOf = /** @type {Record<string, readonly string[]>} */ ({
  'libgtk-3.so.0': ['libgtk-3-0', 'libgtk-3-0t64'],
  'libnss3.so': ['libnss3'],
  'libnssutil3.so': ['libnss3'],
  'libsmime3.so': ['libnss3'],
  'libnspr4.so': ['libnspr4'],
  'libasound.so.2': ['libasound2', 'libasound2t64'],
  'libgbm.so.1': ['libgbm1'],
  'libdrm.so.2': ['libdrm2'],
  'libatk-1.0.so.0': ['libatk1.0-0', 'libatk1.0-0t64'],
  'libatk-bridge-2.0.so.0': ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'],
  'libatspi.so.0': ['libatspi2.0-0', 'libatspi2.0-0t64'],
  'libcups.so.2': ['libcups2', 'libcups2t64'],
  'libdbus-1.so.3': ['libdbus-1-3'],
  'libexpat.so.1': ['libexpat1'],
  'libglib-2.0.so.0': ['libglib2.0-0', 'libglib2.0-0t64'],
  'libgio-2.0.so.0': ['libglib2.0-0', 'libglib2.0-0t64'],
  'libgobject-2.0.so.0': ['libglib2.0-0', 'libglib2.0-0t64'],
  'libcairo.so.2': ['libcairo2'],
  'libpango-1.0.so.0': ['libpango-1.0-0'],
  'libX11.so.6': ['libx11-6'],
  'libxcb.so.1': ['libxcb1'],
  'libXcomposite.so.1': ['libxcomposite1'],
  'libXdamage.so.1': ['libxdamage1'],
  'libXext.so.6': ['libxext6'],
  'libXfixes.so.3': ['libxfixes3'],
  'libXrandr.so.2': ['libxrandr2'],
  'libxkbcommon.so.0': ['libxkbcommon0'],
  'libudev.so.1': ['libudev1'],
});

/** What a window wants beyond the linked libraries: input, notices, the key ring. Installed along with a missing one. */
const companions = ['libxss1', 'libnotify4', 'libxtst6', 'at-spi2-core', 'libsecret-1-0'];

/**
 * Makes sure that the system's libraries for Electron are there. Linux only; elsewhere Electron brings everything.
 * @param {string} executable
 */
export async function ensureLibraries(executable) {
  if (process.platform !== 'linux') return;
  const missing = await missingLibraries(executable);
  if (missing.length === 0) {
    say('libraries', 'in place');
    return;
  }
  const unknown = missing.filter((file) => !packagesOf[file]);
  const wanted = [
    ...new Set(missing.flatMap((file) => [packagesOf[file] ?? []]).filter((names) => names.length > 0)),
  ];
  await installDebian(
    [...wanted, ...companions.map((name) => [name])],
    `Electron needs ${missing.join(', ')}`,
  );
  if (unknown.length > 0) say('libraries', `unknown to the set-up: ${unknown.join(', ')}`);
  const left = await missingLibraries(executable);
  if (left.length > 0)
    throw new SetupError(
      `Electron still lacks ${left.join(', ')}. Install what holds them and run this again.`,
    );
}

/** @param {string} executable */
async function missingLibraries(executable) {
  const { output } = await run('ldd', [executable]).catch(() => ({ output: '' }));
  return parseMissing(output);
}

/**
 * @param {string} lddOutput
 * @returns {string[]} the files that the loader did not find
 */
export function parseMissing(lddOutput) {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].map((match) => String(match[1]));
}

/**
 * Installs Debian packages when root; otherwise fails with the line to type. Of each entry's names the first known one counts.
 * @param {readonly (readonly string[])[]} wanted
 * @param {string} why
 */
export async function installDebian(wanted, why) {
  if (!(await succeeds('apt-get', ['--version'])))
    throw new SetupError(`${why}. Install it with your system's package manager and run this again.`);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    say('libraries', `${why}: installing from the system's package archive`);
    await run('apt-get', ['update', '-q']);
  }
  const names = [...new Set(await Promise.all(wanted.map(availableName)))];
  const install = ['install', '-y', '--no-install-recommends', ...names];
  if (!isRoot)
    throw new SetupError(
      `${why}. Type this, then run the command again:\n\n  sudo apt-get ${install.join(' ')}\n`,
    );
  const { code, output } = await run('apt-get', ['-q', ...install], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code !== 0) throw new SetupError(`${output}\napt-get ${install.join(' ')} ended with code ${code}.`);
  say('libraries', `installed ${names.join(', ')}`);
}

/** @param {readonly string[]} names */
async function availableName(names) {
  for (const name of names) {
    const { output } = await run('apt-cache', ['policy', name]).catch(() => ({ output: '' }));
    if (/Candidate: (?!\(none\))/.test(output)) return name;
  }
  return String(names[0]);
}
