import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { type DescriptionEntry, selectDescription } from '../../stores/descriptions';

/** What a version takes and gives; asked for as soon as it can say so. */
export function useDescription(
  model: string | undefined,
  version: number | undefined,
  isAvailable: boolean,
): DescriptionEntry | undefined {
  const { descriptions } = useServices();
  const ref = model === undefined || version === undefined ? null : { model, version };
  useEffect(() => {
    if (isAvailable && model !== undefined && version !== undefined)
      void descriptions.load({ model, version });
  }, [descriptions, isAvailable, model, version]);
  return useStore(descriptions.store, selectDescription(ref));
}
