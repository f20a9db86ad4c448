import { useServices } from '../services';
import { Button } from '../ui/Button';
import { EmptyState } from '../ui/EmptyState';

/** In place of the page when the engine gave no answer. */
export function StartFailure({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useServices();
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      <EmptyState
        level={1}
        id="title"
        heading={t('shell.startFailed')}
        text={t('shell.startFailedText')}
        actions={
          <Button size="lg" onClick={onRetry}>
            {t('common.tryAgain')}
          </Button>
        }
      />
    </main>
  );
}
