import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Protocol, protocol } from 'electron';
import type { Engine } from '../../main/engine-api';
import { AppError, isCancelled, reportUnexpected } from '../base/errors';
import type { Assets } from './assets';
import { contentSecurityPolicy } from './csp';
import { appHost, appScheme } from './page-origin';

/** What the scheme was asked for. */
export type SchemeRequest =
  | { readonly kind: 'page' }
  | { readonly kind: 'asset'; readonly path: string }
  | { readonly kind: 'picture'; readonly id: string; readonly size: 'view' | 'thumb' }
  | { readonly kind: 'batchPicture'; readonly job: string; readonly item: number }
  | { readonly kind: 'unknown' };

const picturePath = /^\/pictures\/([\w-]{1,128})\/(view|thumb)$/;
const batchPicturePath = /^\/batches\/([\w-]{1,128})\/(\d{1,9})\/thumb$/;
const nonceMark = '__CSP_NONCE__';

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Reads an address of the app's scheme. Paths are compared with the list of bundled files, never joined to a folder. */
export function readRequest(method: string, address: string, assets: Assets): SchemeRequest {
  const url = new URL(address);
  if (method !== 'GET' || url.protocol !== `${appScheme}:` || url.host !== appHost)
    return { kind: 'unknown' };
  if (url.pathname === '/' || url.pathname === '/index.html') return { kind: 'page' };
  const picture = picturePath.exec(url.pathname);
  if (picture?.[1] && picture[2]) {
    return { kind: 'picture', id: picture[1], size: picture[2] === 'view' ? 'view' : 'thumb' };
  }
  const ofBatch = batchPicturePath.exec(url.pathname);
  if (ofBatch?.[1]) return { kind: 'batchPicture', job: ofBatch[1], item: Number(ofBatch[2]) };
  return assets.has(url.pathname) ? { kind: 'asset', path: url.pathname } : { kind: 'unknown' };
}

export interface SchemeOptions {
  readonly assets: Promise<Assets>;
  /** Resolves once the engine runs. */
  readonly engine: () => Promise<Pick<Engine, 'pictures' | 'jobs'>>;
}

/** Serves the page, its files and the pictures that the engine holds under `slipway://app/`. */
export function setupScheme(target: Pick<Protocol, 'handle'>, { assets, engine }: SchemeOptions): void {
  target.handle(appScheme, async (request) => {
    try {
      const wanted = readRequest(request.method, request.url, await assets);
      switch (wanted.kind) {
        case 'page':
          return await servePage(await assets);
        case 'asset':
          return await serveAsset(await assets, wanted.path);
        case 'picture': {
          const { bytes, mime } = await (await engine()).pictures.draw(wanted.id, wanted.size);
          return reply(200, bytes, mime);
        }
        case 'batchPicture': {
          const { jobs, pictures } = await engine();
          const path = await jobs.batches.pictureFile(wanted.job, wanted.item);
          const { bytes, mime } = await pictures.drawFile(path, 'thumb');
          return reply(200, bytes, mime);
        }
        case 'unknown':
          return reply(404);
      }
    } catch (thrown) {
      if (isCancelled(thrown)) return reply(204); // the app is on its way out: no error of the page's
      if (!(thrown instanceof AppError)) reportUnexpected(thrown);
      return reply(thrown instanceof AppError ? 404 : 500);
    }
  });
}

async function servePage(assets: Assets): Promise<Response> {
  const asset = assets.get('/index.html');
  if (!asset) return reply(404);
  const nonce = randomBytes(16).toString('base64');
  const html = (await readFile(asset.file, 'utf8')).replaceAll(nonceMark, nonce);
  return reply(200, html, asset.mime, { 'content-security-policy': contentSecurityPolicy(nonce) });
}

async function serveAsset(assets: Assets, path: string): Promise<Response> {
  const asset = assets.get(path);
  return asset ? reply(200, await readFile(asset.file), asset.mime) : reply(404);
}

function reply(
  status: number,
  body: Uint8Array | string | null = null,
  mime = 'text/plain; charset=utf-8',
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': mime,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...headers,
    },
  });
}
