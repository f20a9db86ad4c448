import type { Services } from '../services';
import { selectIsOn } from '../stores/endpoints';
import type { Command } from './registry';

type Parts = Pick<Services, 't' | 'endpoints' | 'toasts' | 'actions'>;

/** What can be done with the endpoints wherever one is. */
export function endpointCommands({ t, endpoints, toasts, actions }: Parts): readonly Command[] {
  const { store } = endpoints;
  const turn = (isOn: boolean) => (): void => {
    endpoints.set({ isOn }).catch(toasts.fail);
  };
  const addressOf = (): string | null => store.getState().state.rest?.text ?? null;
  return [
    selectIsOn(store.getState())
      ? { id: 'endpoints.off', group: 'run', title: t('command.endpointsOff'), run: turn(false) }
      : { id: 'endpoints.on', group: 'run', title: t('command.endpointsOn'), run: turn(true) },
    {
      id: 'endpoints.copyAddress',
      group: 'run',
      title: t('command.endpointsCopy'),
      unavailable: () => (addressOf() === null ? t('command.endpointsAreOff') : null),
      run: () => {
        const address = addressOf();
        if (address !== null) void actions.copy(address);
      },
    },
  ];
}
