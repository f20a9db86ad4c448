import { Toast } from '@base-ui/react/toast';
import { AppError, isCancelled, type WireError } from '../../app/base/errors';
import { type Disposable, toDisposable } from '../../app/base/lifecycle';
import type { ErrorWords } from '../messages/translator';

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface ToastData {
  readonly action?: ToastAction;
  /** The failure behind the message, for its details. */
  readonly error?: WireError;
}

/** Short messages about something that finished or failed elsewhere; at most three are shown. */
export interface Toasts {
  readonly manager: ReturnType<typeof Toast.createToastManager<ToastData>>;
  /** Says that something is done; with an action it stays until it is dismissed, here or by what is answered. */
  say(text: string, action?: ToastAction): Disposable;
  /** Says what somebody has to know and do something about: it stays until it is dismissed. */
  warn(title: string, text: string): void;
  /** Says that something failed, with the reason in plain words. Cancelled work stays silent. */
  fail(thrown: unknown): void;
}

const showMs = 6_000;

export function createToasts(errorWords: (error: WireError) => ErrorWords): Toasts {
  const manager = Toast.createToastManager<ToastData>();
  return {
    manager,
    say(text, action) {
      const id = manager.add({
        title: text,
        type: 'done',
        timeout: action ? 0 : showMs,
        data: action ? { action } : {},
      });
      return toDisposable(() => manager.close(id));
    },
    warn(title, text) {
      manager.add({ title, description: text, type: 'failed', timeout: 0, data: {} });
    },
    fail(thrown) {
      if (isCancelled(thrown)) return;
      const error = AppError.from(thrown).toWire();
      const { title, text } = errorWords(error);
      manager.add({ title, description: text, type: 'failed', timeout: 0, data: { error } });
    },
  };
}
