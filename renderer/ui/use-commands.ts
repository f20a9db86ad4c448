import { useEffect } from 'react';
import type { Command } from '../commands/registry';
import { useServices } from '../services';

/** Registers commands for as long as the component is shown. Pass a memoised list: a new one registers anew. */
export function useCommands(list: readonly Command[]): void {
  const { commands } = useServices();
  useEffect(() => {
    const registration = commands.register(list);
    return () => registration.dispose();
  }, [commands, list]);
}
