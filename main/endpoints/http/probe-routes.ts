import type { FindRoute, HttpReply } from './http-call';

const unavailable = 503;

const plain = (status: number, body: string): HttpReply => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
  record: { status: 'OK' },
});

/** `/healthz`: the process answers. `/readyz`: no model is on its way, and one answers. */
export const createProbeRoutes =
  (isReady: () => boolean): FindRoute =>
  (method, url) => {
    if (method !== 'GET') return null;
    if (url === '/healthz')
      return { api: 'Health', model: '', scope: null, handle: async () => plain(200, 'ok\n') };
    if (url !== '/readyz') return null;
    return {
      api: 'Ready',
      model: '',
      scope: null,
      handle: async () => (isReady() ? plain(200, 'ready\n') : plain(unavailable, 'not ready\n')),
    };
  };
