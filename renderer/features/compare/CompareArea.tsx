import { useServices } from '../../services';
import { PaneHead } from '../../ui/Panel';

/** The area Compare. */
export function CompareArea() {
  const { t } = useServices();
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      <PaneHead>
        <h1 id="title">{t('compare.title')}</h1>
      </PaneHead>
    </main>
  );
}
