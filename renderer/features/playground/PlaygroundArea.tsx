import { useServices } from '../../services';
import { PaneHead } from '../../ui/Panel';

/** The area Playground. */
export function PlaygroundArea() {
  const { t } = useServices();
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      <PaneHead>
        <h1 id="title">{t('playground.title')}</h1>
      </PaneHead>
    </main>
  );
}
