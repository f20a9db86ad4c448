import { useEffect } from 'react';
import { useServices } from '../../services';
import { selectRun } from '../../stores/playground';
import { shortenerFor } from './short-label';

/** Says the answer of the selected run when it arrives: politely, a failure at once. */
export function useRunAnnouncements(): void {
  const { announcer, errorWords, format, playground, t } = useServices();
  useEffect(
    () =>
      playground.store.subscribe((state, before) => {
        const run = selectRun(state);
        const earlier = selectRun(before);
        if (!run || run.id !== earlier?.id || run.outcome === earlier.outcome) return;
        const picture = run.picture.name;
        if (run.outcome.kind === 'failed') {
          const { title } = errorWords(run.outcome.error);
          announcer.assertive(t('playground.announcedFailure', { picture, title }));
        }
        const classes = run.outcome.kind === 'answered' ? run.outcome.classification.classes : [];
        const first = classes[0];
        if (first === undefined) return;
        const percent = format.probability(first.probability);
        announcer.polite(
          t('playground.announced', { picture, label: shortenerFor(classes)(first.label), percent }),
        );
      }),
    [announcer, errorWords, format, playground, t],
  );
}
