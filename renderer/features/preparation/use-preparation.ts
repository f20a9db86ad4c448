import { useMemo } from 'react';
import type { Preprocessing } from '../../../app/contract/inference';
import { useServices } from '../../services';
import type { VersionRef } from '../../stores/router';

export interface Preparation {
  /** Null goes back to what was inferred. Throws `AppError`. */
  readonly keep: (preprocessing: Preprocessing | null) => Promise<void>;
  /** Null goes back to what was found. Throws `AppError`. */
  readonly nameClasses: (names: readonly string[] | null) => Promise<void>;
}

/** What a person sets about the pictures of a version: kept at once, and offered to be taken back. */
export function usePreparation({ model, version }: VersionRef): Preparation {
  const { t, actions, descriptions } = useServices();
  return useMemo(() => {
    const ref = { model, version };
    return {
      keep: async (preprocessing) =>
        actions.offerUndo(
          t('preparation.kept', ref),
          await descriptions.setPreprocessing(ref, preprocessing),
        ),
      nameClasses: async (names) =>
        actions.offerUndo(t('preparation.named', ref), await descriptions.setClassNames(ref, names)),
    };
  }, [actions, descriptions, model, t, version]);
}
