import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';

/** Nothing has been added, so nothing can be tried. */
export function NoModels() {
  const { t, router } = useServices();
  return (
    <EmptyState
      level={2}
      heading={t('playground.noModels')}
      text={t('playground.noModelsText')}
      actions={
        <Button size="lg" look="primary" onClick={() => router.goTo('models')}>
          {t('playground.noModelsAction')}
        </Button>
      }
    />
  );
}
