import { useCallback } from 'react';
import { useServices } from '../../services';
import { picturesAtHand } from '../../stores/playground';
import type { VersionRef } from '../../stores/router';

/** Goes to Compare with the pictures at hand, and these versions beside each other. */
export function useCompareAtHand(): (versions: readonly VersionRef[]) => void {
  const { compare, playground, router } = useServices();
  return useCallback(
    (versions) => {
      const state = playground.store.getState();
      compare.addPictures(picturesAtHand(state));
      if (state.picture) compare.selectPicture(state.picture.id);
      router.navigate({ area: 'compare', versions });
    },
    [compare, playground, router],
  );
}
