import { useStore } from 'zustand';
import type { Platform } from '../commands/keys';
import { useServices } from '../services';

/** The system whose words for keys are used; Linux until the engine has told. */
export function usePlatform(): Platform {
  const { settings } = useServices();
  return useStore(settings.store, (state) => state.info?.platform ?? 'linux');
}
