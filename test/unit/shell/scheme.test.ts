import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../app/base/errors';
import type { Assets } from '../../../app/shell/assets';
import { readRequest, setupScheme } from '../../../app/shell/scheme';
import type { Engine, Pictures } from '../../../main/engine-api';
import { takeUnexpected } from '../../support/setup';

vi.mock('electron', () => ({ protocol: {} }));

const assets: Assets = new Map([
  ['/index.html', { file: 'index.html', mime: 'text/html' }],
  ['/assets/index.js', { file: 'index.js', mime: 'text/javascript' }],
]);

describe('reading an address', () => {
  test('names the page, a bundled file, or a drawing of a picture', () => {
    expect(readRequest('GET', 'slipway://app/', assets)).toEqual({ kind: 'page' });
    expect(readRequest('GET', 'slipway://app/index.html?x#y', assets)).toEqual({ kind: 'page' });
    expect(readRequest('GET', 'slipway://app/assets/index.js', assets)).toEqual({
      kind: 'asset',
      path: '/assets/index.js',
    });
    expect(readRequest('GET', 'slipway://app/pictures/ab-12/thumb', assets)).toEqual({
      kind: 'picture',
      id: 'ab-12',
      size: 'thumb',
    });
  });

  test.each([
    'slipway://app/../assets/index.js/x',
    'slipway://app/%2e%2e/%2e%2e/etc/passwd',
    'slipway://app/assets%2findex.js',
    'slipway://app/assets/',
    'slipway://app/pictures/../view',
    'slipway://app/pictures/a%2fb/view',
    'slipway://app/pictures/ab-12/full',
    'slipway://other/',
    'slipway://app:80/',
    'other://app/',
  ])('%s is unknown', (address) => {
    expect(readRequest('GET', address, assets)).toEqual({ kind: 'unknown' });
  });

  test('anything but reading is unknown', () => {
    expect(readRequest('POST', 'slipway://app/', assets)).toEqual({ kind: 'unknown' });
  });
});

describe('answering', () => {
  function scheme(draw: Pictures['draw']) {
    let answer: ((request: Request) => Promise<Response>) | undefined;
    const handle = (_scheme: string, handler: (request: Request) => Promise<Response> | Response): void => {
      answer = async (request) => handler(request);
    };
    const engine = {
      pictures: { draw, drawFile: (path: string) => draw(path, 'thumb') },
      jobs: { batches: { pictureFile: async (job: string, item: number) => `${job} ${item}` } },
    } as unknown as Engine;
    setupScheme({ handle }, { assets: Promise.resolve(assets), engine: async () => engine });
    return (address: string): Promise<Response> =>
      answer?.({ method: 'GET', url: address } as Request) ?? Promise.reject(new Error('no handler'));
  }

  test('a drawing comes with its kind and may not be taken for another', async () => {
    const ask = scheme(async () => ({ bytes: new Uint8Array([1, 2, 3]), mime: 'image/webp' }));
    const reply = await ask('slipway://app/pictures/p1/view');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('image/webp');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(new Uint8Array(await reply.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("a batch's picture is found by its place in the input, and drawn small", async () => {
    const ask = scheme(async (path, size) => ({
      bytes: new TextEncoder().encode(`${path} ${size}`),
      mime: 'image/webp',
    }));
    expect(await (await ask('slipway://app/batches/job-1/12/thumb')).text()).toBe('job-1 12 thumb');
    for (const other of ['job-1/12/view', 'job-1/-1/thumb', '../1/thumb', 'job-1/1.5/thumb'])
      expect((await ask(`slipway://app/batches/${other}`)).status).toBe(404);
  });

  test('a picture that is gone is not found; a bug is reported and says nothing', async () => {
    const gone = scheme(() => Promise.reject(new AppError('PICTURE_NOT_FOUND')));
    expect((await gone('slipway://app/pictures/p1/view')).status).toBe(404);
    const leaving = scheme(() => Promise.reject(new AppError('CANCELLED')));
    expect((await leaving('slipway://app/pictures/p1/view')).status).toBe(204); // the app closes: no failure
    const broken = scheme(() => Promise.reject(new Error('secret')));
    const reply = await broken('slipway://app/pictures/p1/view');
    expect(reply.status).toBe(500);
    expect(await reply.text()).toBe('');
    expect(takeUnexpected()).toHaveLength(1);
  });
});
