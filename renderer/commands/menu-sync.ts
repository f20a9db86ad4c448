import { type Disposable, DisposableStore, toDisposable } from '../../app/base/lifecycle';
import { menuCommands } from '../../app/contract/commands';
import type { Services } from '../services';
import { unavailableReason } from './registry';

/** Changes that come within this time are told once. */
const pauseMs = 100;

type Parts = Pick<Services, 'client' | 'commands' | 'router' | 'models' | 'toasts' | 'actions'>;

/** Keeps the native menu told of which of its commands can run now. */
export function syncMenu({ client, commands, router, models, toasts, actions }: Parts): Disposable {
  const owned = new DisposableStore();
  let told = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (): void => {
    timer = undefined;
    const available = menuCommands.filter((id) => {
      const command = commands.get(id);
      return command !== undefined && unavailableReason(command) === null;
    });
    if (available.join() === told) return;
    told = available.join();
    client.call('app.setCommands', { available }).catch(toasts.fail);
  };
  const later = (): void => {
    timer ??= setTimeout(tell, pauseMs);
  };

  owned.add(commands.onDidChange(later));
  owned.add(actions.onDidChangeUndo(later));
  owned.add(toDisposable(router.store.subscribe(later)));
  owned.add(toDisposable(models.store.subscribe(later)));
  owned.add(toDisposable(() => clearTimeout(timer)));
  later();
  return owned;
}
