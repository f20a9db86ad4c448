import { useServices } from '../../services';
import { PaneHead } from '../../ui/Panel';

/** The area Settings. */
export function SettingsArea() {
  const { t } = useServices();
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      <PaneHead>
        <h1 id="title">{t('settings.title')}</h1>
      </PaneHead>
    </main>
  );
}
