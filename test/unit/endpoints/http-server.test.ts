import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { createTokenGate } from '../../../main/endpoints/auth/gate';
import { type TokenRecord, TokenStore } from '../../../main/endpoints/auth/token-store';
import { ask, sendThenRead } from '../../support/http-client';
import { httpWorld } from '../../support/http-world';
import { takeUnexpected } from '../../support/setup';

const body = '{"instances":[1,2]}';
const predict = '/v1/models/m:predict';

/** Sends bytes as they are and gives everything that came back until the server hung up. */
function raw(port: number, ...pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    for (const piece of pieces) socket.write(piece);
  });
}

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
  });

/** Everything that comes until the other side hangs up; rejects when it resets the connection. */
const received = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });

describe('limits', () => {
  test('pitfall: a body over the cap is 413, whether declared or streamed, and nothing of it reaches the model', async () => {
    const world = await httpWorld({ limits: { maxBodyBytes: 100 } });
    const large = `{"instances":[${'1,'.repeat(100)}1]}`;
    const declared = await world.ask(predict, { body: large });
    expect(declared.status).toBe(413);
    expect(declared.json()).toEqual({ error: "The request's body is larger than 100 bytes." });
    const chunked = await world.ask(predict, { body: large, headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.status).toBe(413);
    expect((await world.ask('/v2/models/m/infer', { body: large })).status).toBe(413);
    expect(world.port.requests).toEqual([]);
    expect((await world.ask(predict, { body })).status).toBe(200);
  });

  test('headers over the cap are 431, what is no HTTP 400', async () => {
    const { number } = await httpWorld({ limits: { maxHeaderBytes: 2_000 } });
    expect(await raw(number, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(3_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 .*\{"error"/s,
    );
    expect(await raw(number, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*\{"error"/s);
  });

  test('a client that sends its request too slowly is answered 408 and hung up on', async () => {
    const { number, port } = await httpWorld({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } });
    expect(await raw(number, 'GET / HTTP/1.1\r\nHost: loc')).toMatch(/^HTTP\/1.1 408/);
    const slowBody = `POST ${predict} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{`;
    expect(await raw(number, slowBody)).toMatch(/^HTTP\/1.1 408/);
    expect(port.requests).toEqual([]);
  });

  test('one request too many at once is 503 with Retry-After, and there is room again later', async () => {
    const world = await httpWorld({ limits: { maxInFlight: 1 } });
    let release: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      world.port.before = () => {
        resolve();
        return new Promise((go) => {
          release = go;
        });
      };
    });
    const first = world.ask(predict, { body });
    await started;
    const second = await world.ask(predict, { body });
    expect([second.status, second.headers['retry-after']]).toEqual([503, '1']);
    expect((await world.ask('/v1/models/m')).status).toBe(200);
    release();
    expect((await first).status).toBe(200);
    world.port.before = async () => undefined;
    expect((await world.ask(predict, { body })).status).toBe(200);
  });

  test('a full queue of the model is told with Retry-After', async () => {
    const world = await httpWorld();
    for (const [status, code] of [
      ['UNAVAILABLE', 503],
      ['RESOURCE_EXHAUSTED', 429],
    ] as const) {
      world.port.before = () => Promise.reject(new AppError('INVALID_ARGUMENT', {}, { status }));
      const answer = await world.ask(predict, { body });
      expect([answer.status, answer.headers['retry-after']]).toEqual([code, '1']);
    }
  });
});

describe('what is refused before its body has come', () => {
  const large = Buffer.alloc(20 * 2 ** 20);

  test('is answered all the same: the body is read and dropped', async () => {
    const world = await httpWorld({
      gate: (authorization) => {
        if (!authorization) throw new AppError('INVALID_ARGUMENT', {}, { status: 'UNAUTHENTICATED' });
        return null;
      },
    });
    const answerTo = async (head: string): Promise<string> =>
      sendThenRead(await connected(world.number), head, large);
    for (const [head, status] of [
      [`POST ${predict} HTTP/1.1\r\nHost: localhost`, 401],
      [`POST ${predict} HTTP/1.1\r\nHost: evil.example`, 403],
      ['POST /nowhere HTTP/1.1\r\nHost: localhost', 404],
    ] as const)
      expect(await answerTo(head)).toMatch(new RegExp(`^HTTP/1.1 ${status} .*"error"`, 's'));
    const chunked = await world.ask(predict, { body: large, headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.status).toBe(401);
    expect(world.endpoint.inFlight).toBe(0);
  });

  test('is not even sent by a client that asks first', async () => {
    const world = await httpWorld();
    const head = `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n`;
    expect(await raw(world.number, head)).toMatch(/^HTTP\/1.1 404 /);
    const socket = await connected(world.number);
    const answer = received(socket);
    socket.write(
      `POST ${predict} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(body);
    expect(await answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
  });

  test('is dropped only so far: who never ends is hung up on', async () => {
    const { number } = await httpWorld({ limits: { maxBodyBytes: 1_000, headersTimeoutMs: 200 } });
    const head = 'POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n';
    expect(await raw(number, head, 'x'.repeat(10))).toMatch(/^HTTP\/1.1 404 /); // after a while
    const flood = await connected(number);
    const hungUp = new Promise((resolve) => flood.once('close', resolve));
    flood.on('error', () => undefined).resume();
    flood.write(head);
    flood.write(Buffer.alloc(900_000));
    await hungUp;
  });
});

describe('clients that leave, and bugs', () => {
  test('when the client has left, the signal says so', async () => {
    const world = await httpWorld();
    const aborted = new Promise<void>((resolve) => {
      world.port.before = (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            resolve();
            reject(new AppError('CANCELLED'));
          });
          socket.destroy();
        });
    });
    const socket = connect(world.number, '127.0.0.1');
    socket.write(
      `POST ${predict} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await aborted;
    await expect.poll(() => world.records.at(-1)?.status).toBe('CANCELLED');
    expect(world.endpoint.inFlight).toBe(0);
  });

  test('a deadline goes along with every request', async () => {
    const world = await httpWorld({ limits: { answerTimeoutMs: 5_000 } });
    const before = Date.now();
    await world.ask(predict, { body });
    const deadline = world.port.requests[0]?.deadlineAtMs ?? 0;
    expect(deadline).toBeGreaterThanOrEqual(before + 5_000);
    expect(deadline).toBeLessThanOrEqual(Date.now() + 5_000);
  });

  test('a bug is reported, and answered without its text', async () => {
    const world = await httpWorld();
    world.port.before = () => Promise.reject(new TypeError('secret at /home/someone/file.ts'));
    const answer = await world.ask(predict, { body });
    expect([answer.status, answer.json()]).toEqual([500, { error: 'Internal error' }]);
    expect(takeUnexpected()).toHaveLength(1);
  });
});

describe('who may ask', () => {
  test('a host name that is not ours is refused: DNS rebinding', async () => {
    const world = await httpWorld({ allowedHosts: ['models.lan'] });
    const status = async (host: string) => (await world.ask('/v1/models/m', { headers: { host } })).status;
    expect(await status('evil.example')).toBe(403);
    expect(await status('127.0.0.1.evil.example')).toBe(403);
    for (const host of ['localhost', 'localhost:8501', '127.0.0.1:9', '[::1]:8501', 'Models.LAN:80'])
      expect(await status(host)).toBe(200);
  });

  test('a request with two host names or two tokens is refused', async () => {
    const { number } = await httpWorld();
    const head = 'GET /v1/models HTTP/1.1\r\nConnection: close\r\n';
    expect(await raw(number, `${head}Host: localhost\r\n\r\n`)).toMatch(/^HTTP\/1.1 200/);
    expect(await raw(number, `${head}Host: localhost\r\nHost: evil.example\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 403/,
    );
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const { token } = await tokens.create('reader', ['read'], 0);
    const closed = await httpWorld({ allowedHosts: null, gate: createTokenGate(tokens) });
    const bearer = `Authorization: Bearer ${token}\r\n`;
    expect(await raw(closed.number, `${head}Host: a\r\n${bearer}\r\n`)).toMatch(/^HTTP\/1.1 200/);
    expect(await raw(closed.number, `${head}Host: a\r\n${bearer}${bearer}\r\n`)).toMatch(/^HTTP\/1.1 401/);
  });

  test('without a token nobody learns which models there are', async () => {
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const world = await httpWorld({ gate: createTokenGate(tokens) });
    for (const model of ['m', 'other'])
      expect((await world.ask(`/v2/models/${model}/ready`)).status).toBe(401);
  });

  test('a page may only call the server that it came from', async () => {
    const world = await httpWorld();
    const status = async (origin: string) =>
      (await world.ask('/v1/models/m', { headers: { host: 'localhost:8501', origin } })).status;
    expect(await status('http://localhost:8501')).toBe(200);
    for (const origin of [
      'http://localhost:3000',
      'https://evil.example',
      'null',
      'http://localhost:8501.evil.example',
    ])
      expect(await status(origin)).toBe(403);
  });

  test('a token is needed where one is asked for, with the scope of the call, and its hash is all that is kept', async () => {
    let kept: readonly TokenRecord[] = [];
    const tokens = await TokenStore.open({
      load: async () => [],
      save: async (records) => {
        kept = records;
      },
    });
    const reader = await tokens.create('reader', ['read'], 0);
    const caller = await tokens.create('caller', ['infer'], 0);
    const admin = await tokens.create('admin', ['admin'], 0);
    const world = await httpWorld({ gate: createTokenGate(tokens) });
    const status = async (path: string, token: string | null, post?: string) =>
      (
        await world.ask(path, {
          ...(post === undefined ? {} : { body: post }),
          ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
        })
      ).status;
    expect(await status('/v1/models/m', null)).toBe(401);
    expect(await status('/v1/models/m', 'slw_guess')).toBe(401);
    expect(await status('/v1/models/m', reader.token)).toBe(200);
    expect(await status(predict, reader.token, body)).toBe(403);
    expect(await status(predict, caller.token, body)).toBe(200);
    expect(await status('/v2/repository/models/m/unload', caller.token, '')).toBe(403);
    expect(await status('/v2/repository/models/m/unload', admin.token, '')).toBe(200);
    expect(await status(predict, admin.token, body)).toBe(200);
    expect(await status('/v2/health/live', null)).toBe(200);
    expect(JSON.stringify(kept)).not.toContain(caller.token);
    await tokens.revoke(caller.id);
    expect(await status(predict, caller.token, body)).toBe(401);
  });
});

describe('requests out of the ordinary', () => {
  test('HEAD is answered as GET, without the body', async () => {
    const world = await httpWorld();
    for (const path of ['/v2/health/live', '/v1/models/m']) {
      const [got, asked] = [await world.ask(path), await world.ask(path, { method: 'HEAD' })];
      expect([asked.status, asked.text]).toEqual([200, '']);
      expect(asked.headers['content-length']).toBe(got.headers['content-length']);
    }
  });

  test('a body in an encoding that is not read is 415', async () => {
    const world = await httpWorld();
    const status = async (encoding: string) =>
      (await world.ask(predict, { body, headers: { 'content-encoding': encoding } })).status;
    expect(await status('br')).toBe(415);
    expect(await status('identity')).toBe(200);
    expect(world.port.requests).toHaveLength(1);
  });

  test('rows and examples come line by line where that is asked for', async () => {
    const world = await httpWorld();
    const lines = async (path: string, text: string) => {
      const { headers, text: answer } = await world.ask(path, {
        body: text,
        headers: { accept: 'application/x-ndjson' },
      });
      return [headers['content-type'], answer];
    };
    expect(await lines(predict, body)).toEqual([
      'application/x-ndjson',
      '{"index":0,"prediction":3.0}\n{"index":1,"prediction":4.0}\n',
    ]);
    expect(await lines('/v1/models/m:regress', '{"examples":[{"x":1.5}]}')).toEqual([
      'application/x-ndjson',
      '{"index":0,"result":3.5}\n',
    ]);
    expect(await lines(predict, '{"inputs":[1]}')).toEqual(['application/json', '{"outputs":[3.0]}']);
  });
});

describe('records and closing', () => {
  test('every call leaves a record, failures with the version that they are counted for', async () => {
    const world = await httpWorld();
    await world.ask(predict, { body, headers: { 'x-request-id': 'abc-1' } });
    await world.ask(predict, { body: '{' });
    await world.ask('/v1/models/other:predict', { body });
    await world.ask('/v1/models/m');
    expect(world.records).toMatchObject([
      {
        requestId: 'abc-1',
        entrypoint: 'REST',
        api: 'Predict',
        model: 'm',
        version: 2,
        status: 'OK',
        exampleCount: 2,
        requestBytes: body.length,
      },
      { api: 'Predict', model: 'm', version: 2, status: 'INVALID_ARGUMENT' },
      { api: 'Predict', model: 'other', version: null, status: 'NOT_FOUND' },
      { api: 'GetModelStatus', model: 'm', version: null, status: 'OK', timingsMs: null },
    ]);
  });

  test('what is refused leaves a record too, with whose token it was', async () => {
    const tokens = await TokenStore.open({ load: async () => [], save: async () => undefined });
    const { token } = await tokens.create('caller', ['infer'], 0);
    const world = await httpWorld({ gate: createTokenGate(tokens) });
    await world.ask('/v2/repository/models/m/load', {
      body: '',
      headers: { authorization: `Bearer ${token}` },
    });
    await world.ask('/v1/models/m', { headers: { host: 'evil.example' } });
    await world.ask('/v1/models/m/x');
    await world.ask('/favicon.ico');
    expect(world.records.map(({ api, caller, status }) => [api, caller, status])).toEqual([
      ['RepositoryModelLoad', 'caller', 'PERMISSION_DENIED'],
      ['Unknown', null, 'PERMISSION_DENIED'],
      ['Unknown', null, 'INVALID_ARGUMENT'],
      ['Unknown', null, 'NOT_FOUND'],
    ]);
  });

  test('the answer carries a request id, the client’s own if it is a plain one', async () => {
    const world = await httpWorld();
    const idOf = async (id: string) =>
      (await world.ask(predict, { body, headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idOf('abc')).toBe('abc');
    expect(await idOf('a b<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('closing lets what is in flight finish, and takes nothing new', async () => {
    const world = await httpWorld();
    let release: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      world.port.before = () => {
        resolve();
        return new Promise((go) => {
          release = go;
        });
      };
    });
    const answer = world.ask(predict, { body });
    await started;
    const closed = world.endpoint.close(10_000);
    const another = () =>
      ask(world.number, '/v1/models/m').then(
        () => 'taken',
        () => 'refused',
      );
    await expect.poll(another).toBe('refused');
    release();
    expect((await answer).status).toBe(200);
    expect((await answer).headers.connection).toBe('close');
    await closed;
  });

  test('closing answers what was sent before, read or not, also on connections not yet accepted', async () => {
    const world = await httpWorld();
    const text = `POST ${predict} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const open = await Promise.all(Array.from({ length: 20 }, () => connected(world.number)));
    const answers = open.map((socket) => received(socket));
    const waiting = Array.from({ length: 20 }, () => connect(world.number, '127.0.0.1'));
    answers.push(...waiting.map((socket) => received(socket)));
    await new Promise<void>((resolve) => process.nextTick(resolve)); // the system has them, the server does not
    for (const socket of [...open, ...waiting]) socket.write(text);
    const closed = world.endpoint.close(10_000);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    }
    await closed;
  });

  test('closing does not wait for connections on which nothing is asked', async () => {
    const world = await httpWorld();
    const idle = received(await connected(world.number));
    const halfAsked = await connected(world.number);
    const cutOff = received(halfAsked);
    halfAsked.write('GET /v1/models/m HTTP/1.1\r\nHost: loc');
    const startedAt = performance.now();
    await world.endpoint.close(60_000);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(await Promise.all([idle, cutOff])).toEqual(['', '']);
  });

  test('closing sends a long answer to its end', async () => {
    const size = 8 * 2 ** 20; // more than the system takes at once
    const route = { api: 'Long', model: '', scope: null } as const;
    const world = await httpWorld({
      more: [
        (_, url) =>
          url === '/long'
            ? {
                ...route,
                handle: async () => ({
                  status: 200,
                  contentType: 'text/plain',
                  body: 'x'.repeat(size),
                  record: { status: 'OK' },
                }),
              }
            : null,
      ],
    });
    const socket = await connected(world.number);
    socket.pause();
    socket.write('GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => world.records).toHaveLength(1); // it is on its way
    const closed = world.endpoint.close(10_000);
    const answer = received(socket.resume());
    expect((await answer).length).toBeGreaterThan(size);
    await closed;
  });

  test('what does not finish within the bound is cut off', async () => {
    const world = await httpWorld();
    const started = new Promise<void>((resolve) => {
      world.port.before = (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new AppError('CANCELLED')));
          resolve();
        });
    });
    const answer = world.ask(predict, { body }).then(
      () => 'answered',
      () => 'cut off',
    );
    await started;
    await world.endpoint.close(1);
    expect(await answer).toBe('cut off');
  });
});
