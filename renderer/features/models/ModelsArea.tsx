import { useServices } from '../../services';
import { PaneHead } from '../../ui/Panel';

/** The area Models. */
export function ModelsArea() {
  const { t } = useServices();
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      <PaneHead>
        <h1 id="title">{t('models.title')}</h1>
      </PaneHead>
    </main>
  );
}
