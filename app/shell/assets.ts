import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface Asset {
  readonly file: string;
  readonly mime: string;
}
/** The bundled files by the path of their address; what is not in it does not exist. */
export type Assets = ReadonlyMap<string, Asset>;

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
};

/** Lists the page's bundled files. Files of an unknown kind and hidden ones are left out. */
export async function listAssets(folder: string): Promise<Assets> {
  const assets = new Map<string, Asset>();
  const walk = async (path: string, address: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const file = join(path, entry.name);
      if (entry.isDirectory()) await walk(file, `${address}${entry.name}/`);
      const mime = mimeTypes[extname(entry.name)];
      if (entry.isFile() && mime) assets.set(`${address}${entry.name}`, { file, mime });
    }
  };
  await walk(folder, '/');
  return assets;
}
