import type { IpcMainInvokeEvent } from 'electron';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { callSpecs, type Handlers } from '../../../app/contract';
import { calls, dropChannels } from '../../../app/contract/channels';
import { replySchema } from '../../../app/contract/error';
import {
  createTrust,
  type DropHandlers,
  type IpcTarget,
  type IsTrusted,
  serve,
} from '../../../app/shell/ipc';
import { createPageOrigin } from '../../../app/shell/page-origin';
import { takeUnexpected } from '../../support/setup';

type Handler = Parameters<IpcTarget['handle']>[1];

/** Answers every call with the input it got. */
const echo = Object.fromEntries(
  calls.map((name) => [name, async (input: unknown) => ({ name, input })]),
) as unknown as Handlers;
const drops: DropHandlers = {
  models: async (paths) => paths,
  pictures: async (paths) => paths,
  input: async (paths) => paths,
};

function serveFake({
  handlers = {},
  isTrusted = () => true,
}: {
  handlers?: Partial<Record<string, (input: never) => Promise<unknown>>>;
  isTrusted?: IsTrusted;
} = {}) {
  const bound = new Map<string, Handler>();
  const target: IpcTarget = {
    handle: (channel, handler) => void bound.set(channel, handler),
    removeHandler: (channel) => void bound.delete(channel),
  };
  const owned = serve(target, { ...echo, ...handlers } as Handlers, drops, isTrusted);
  return {
    bound,
    owned,
    invoke: async (channel: string, input?: unknown) =>
      replySchema.parse(await bound.get(channel)?.({} as IpcMainInvokeEvent, input)),
  };
}

const refused = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });

test('every call of the contract and the drops are bound, and let go of together', () => {
  const { bound, owned } = serveFake();
  expect([...bound.keys()].sort()).toEqual([...calls, ...Object.values(dropChannels)].sort());
  owned.dispose();
  expect(bound.size).toBe(0);
});

describe.each(calls)('%s', (name) => {
  test('refuses a sender that is not our page before it looks at the input', async () => {
    const { invoke } = serveFake({ isTrusted: () => false });
    expect(await invoke(name, undefined)).toEqual(refused('IPC_UNTRUSTED_SENDER'));
  });

  test('refuses input that breaks the contract', async () => {
    const { invoke } = serveFake();
    expect(callSpecs[name].input.safeParse({ noSuchField: 1 }).success).toBe(false);
    expect(await invoke(name, { noSuchField: 1 })).toEqual(refused('IPC_BAD_INPUT'));
  });
});

test('good input reaches the handler, and its answer the page', async () => {
  const { invoke } = serveFake();
  expect(await invoke('models.load', { model: 'digits', version: 2 })).toEqual({
    ok: true,
    value: { name: 'models.load', input: { model: 'digits', version: 2 } },
  });
});

test('an expected failure travels with its code and what fills its text', async () => {
  const { invoke } = serveFake({
    handlers: { 'models.rescan': () => Promise.reject(new AppError('MODEL_NOT_FOUND', { model: 'digits' })) },
  });
  expect(await invoke('models.rescan', { model: 'digits' })).toEqual({
    ok: false,
    error: {
      code: 'MODEL_NOT_FOUND',
      status: 'NOT_FOUND',
      params: { model: 'digits' },
      detail: 'MODEL_NOT_FOUND',
    },
  });
});

test('a bug is reported, and what the page hears of it names no path of this machine', async () => {
  const { invoke } = serveFake({
    handlers: {
      'models.list': () => Promise.reject(new Error("ENOENT: open '/home/ada/models/1/model.onnx'")),
    },
  });
  const reply = await invoke('models.list');
  expect(reply).toEqual(refused('INTERNAL'));
  expect(JSON.stringify(reply)).not.toContain('ada');
  expect(JSON.stringify(reply)).toContain('model.onnx');
  expect(takeUnexpected()).toHaveLength(1);
});

describe('drops', () => {
  test('paths go to the engine', async () => {
    const { invoke } = serveFake();
    expect(await invoke(dropChannels.models, ['/models/digits'])).toEqual({
      ok: true,
      value: ['/models/digits'],
    });
  });

  test.each([[[]], [['']], [[1]], ['/models'], [undefined], [Array.from({ length: 10_001 }, () => '/x')]])(
    'what is no list of paths is refused',
    async (input) => {
      const { invoke } = serveFake();
      expect(await invoke(dropChannels.pictures, input)).toEqual(refused('IPC_BAD_INPUT'));
    },
  );
});

describe('trust', () => {
  const isTrusted = createTrust(createPageOrigin(undefined, true), (id) => id === 1);
  const event = (id: number, url: string, isTop: boolean): IpcMainInvokeEvent => {
    const mainFrame = { url };
    return {
      sender: { id, mainFrame },
      senderFrame: isTop ? mainFrame : { url },
    } as unknown as IpcMainInvokeEvent;
  };

  test('the top frame of our window on our page is trusted', () => {
    expect(isTrusted(event(1, 'slipway://app/', true))).toBe(true);
  });

  test('a frame inside it, another window, another page, an empty one or one that is gone are not', () => {
    expect(isTrusted(event(1, 'slipway://app/', false))).toBe(false);
    expect(isTrusted(event(2, 'slipway://app/', true))).toBe(false);
    expect(isTrusted(event(1, 'https://example.com/', true))).toBe(false);
    expect(isTrusted(event(1, 'about:blank', true))).toBe(false);
    expect(isTrusted(event(1, '', true))).toBe(false);
    expect(isTrusted({ ...event(1, 'slipway://app/', true), senderFrame: null })).toBe(false);
  });
});
