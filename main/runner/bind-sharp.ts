import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Under Electron on Linux two copies of glib meet in one process: the system's, which Electron links for GTK, and the one inside
 * sharp's libvips. sharp's binding would find `g_object_ref` and a few others in the wrong one, leak every picture and, on some
 * systems, crash. So before anybody requires sharp, its libvips is loaded, and then its binding with RTLD_DEEPBIND: it looks
 * into its own libraries first. libvips itself must not be bound that way, or its memory would come from another allocator.
 * Source: https://github.com/lovell/sharp/issues/4525
 */
export function bindSharpToItsLibvips(): void {
  if (process.platform !== 'linux' || !process.versions['electron']) return;
  const { RTLD_LAZY, RTLD_DEEPBIND } = constants.dlopen;
  const fromSharp = createRequire(createRequire(__filename).resolve('sharp'));
  const nativeFile = (packageName: string, pattern: RegExp): string => {
    const folder = join(dirname(fromSharp.resolve(`${packageName}/package`)), 'lib');
    const name = readdirSync(folder).find((file) => pattern.test(file));
    if (name === undefined) throw new Error(`${packageName} has no native file`);
    return join(folder, name);
  };
  const libvips = nativeFile(`@img/sharp-libvips-linux-${process.arch}`, /^libvips-cpp\.so/);
  const binding = nativeFile(`@img/sharp-linux-${process.arch}`, /\.node$/);
  try {
    process.dlopen({ exports: {} }, libvips, RTLD_LAZY);
  } catch {
    // "did not self-register": it is a library and no Node module, but now it is loaded
  }
  process.dlopen({ exports: {} }, binding, RTLD_LAZY | RTLD_DEEPBIND);
  leaveOutWarning('SharpElectronLinux'); // of what has just been mended
}

function leaveOutWarning(code: string): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (Reflect.get(warning, 'code') === code) return;
    for (const listener of listeners) listener(warning);
  });
}
