import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { AppError, reportUnexpected, type WireError } from '../base/errors';
import { type Disposable, DisposableStore, toDisposable } from '../base/lifecycle';
import { callSpecs, type Handlers, type In } from '../contract';
import { type CallName, calls, dropChannels } from '../contract/channels';
import type { Reply } from '../contract/error';
import type { PageOrigin } from './page-origin';
import { redactPaths } from './redact';

/** What a drop on the window leads to; the paths never reach the page. */
export interface DropHandlers {
  readonly models: (paths: readonly string[]) => Promise<unknown>;
  readonly pictures: (paths: readonly string[]) => Promise<unknown>;
  readonly input: (paths: readonly string[]) => Promise<unknown>;
}

export type IpcTarget = Pick<IpcMain, 'handle' | 'removeHandler'>;
export type IsTrusted = (event: IpcMainInvokeEvent) => boolean;

const pathsSchema = z.array(z.string().min(1).max(32_768)).min(1).max(10_000);

/** Trusts the top frame of a window we made, while it shows our page: nothing else. */
export const createTrust =
  (origin: PageOrigin, isOurs: (contentsId: number) => boolean): IsTrusted =>
  ({ sender, senderFrame }) =>
    senderFrame !== null &&
    senderFrame === sender.mainFrame &&
    isOurs(sender.id) &&
    origin.owns(senderFrame.url);

/** The one place that touches `ipcMain`: sender, then input, then failures. */
export function serve(
  ipc: IpcTarget,
  handlers: Handlers,
  drops: DropHandlers,
  isTrusted: IsTrusted,
): Disposable {
  const owned = new DisposableStore();
  const bind = (channel: string, answer: (raw: unknown) => Promise<unknown>): void => {
    ipc.handle(channel, async (event, raw: unknown): Promise<Reply> => {
      try {
        if (!isTrusted(event)) throw new AppError('IPC_UNTRUSTED_SENDER');
        return { ok: true, value: await answer(raw) };
      } catch (thrown) {
        return { ok: false, error: toWire(thrown) };
      }
    });
    owned.add(toDisposable(() => ipc.removeHandler(channel)));
  };
  const bindCall = <K extends CallName>(name: K): void =>
    bind(name, (raw) => handlers[name](checked(callSpecs[name].input, raw, name) as In<K>));
  for (const name of calls) bindCall(name);
  for (const kind of ['models', 'pictures', 'input'] as const)
    bind(dropChannels[kind], (raw) => drops[kind](checked(pathsSchema, raw, dropChannels[kind])));
  return owned;
}

function checked<T extends z.ZodType>(schema: T, raw: unknown, channel: string): z.infer<T> {
  const result = schema.safeParse(raw);
  if (!result.success)
    throw new AppError('IPC_BAD_INPUT', { channel }, { detail: z.prettifyError(result.error) });
  return result.data;
}

/** Electron alone would keep only the message. A bug is reported here, and its text loses what it says about this machine. */
function toWire(thrown: unknown): WireError {
  if (thrown instanceof AppError) return thrown.toWire();
  reportUnexpected(thrown);
  const wire = AppError.from(thrown).toWire();
  return { ...wire, detail: redactPaths(wire.detail) };
}
