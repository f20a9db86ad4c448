import { Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { currentRoute } from '../../stores/router';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { Field } from '../../ui/Field';
import { PaneHead } from '../../ui/Panel';
import { AboutSection } from './AboutSection';
import { SettingLine } from './SettingLine';
import styles from './SettingsArea.module.css';
import { ShortcutsSection } from './ShortcutsSection';
import { type SectionId, sectionIds, settingRows } from './setting-rows';

/** The area Settings: sections with their settings, each with its default and a way back to it. */
export function SettingsArea() {
  const { t, router } = useServices();
  const route = useStore(router.store, currentRoute);
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLocaleLowerCase();
  const matches = (...texts: readonly string[]): boolean =>
    texts.some((text) => text.toLocaleLowerCase().includes(wanted));

  const contentOf = (section: SectionId): ReactNode => {
    const isWhole = matches(t(`settings.section.${section}`));
    if (section === 'about')
      return isWhole || matches('electron chromium node onnx') ? <AboutSection /> : null;
    if (section === 'shortcuts') {
      const isFound = isWhole || matches(t('settings.singleKeys'), t('settings.singleKeys.help'));
      return isFound ? <ShortcutsSection isWhole={wanted === ''} /> : null;
    }
    const rows = settingRows.filter(
      (row) =>
        row.section === section &&
        (isWhole || matches(t(`settings.${row.key}`), t(`settings.${row.key}.help`, { total: '' }))),
    );
    return rows.length === 0 ? null : rows.map((row) => <SettingLine key={row.key} row={row} />);
  };
  const found = sectionIds.flatMap((id) => {
    const content = contentOf(id);
    return content === null ? [] : [{ id, content }];
  });
  const goTo = (section: SectionId): void => {
    router.navigate({ area: 'settings', section }, { replace: true });
    document.getElementById(`settings-${section}`)?.scrollIntoView({ block: 'start' });
  };

  return (
    <main id="main" tabIndex={-1} aria-labelledby="title" className={styles['area']}>
      <PaneHead className={styles['head']}>
        <h1 id="title" className={styles['title']}>
          {t('settings.title')}
        </h1>
        <Field
          type="search"
          label={t('settings.find')}
          placeholder={t('settings.find')}
          icon={Search}
          value={query}
          data-find=""
          fieldClassName={styles['find']}
          onChange={(event) => setQuery(event.target.value)}
        />
      </PaneHead>
      <div className={styles['body']}>
        <nav className={styles['sections']} aria-label={t('settings.sections')} data-region="">
          <ul>
            {found.map(({ id }) => (
              <li key={id}>
                <a
                  href={`#settings-${id}`}
                  aria-current={route.area === 'settings' && route.section === id ? 'true' : undefined}
                  onClick={(event) => {
                    event.preventDefault();
                    goTo(id);
                  }}
                >
                  {t(`settings.section.${id}`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className={styles['scroll']} data-region="">
          {found.map(({ id, content }) => (
            <section
              key={id}
              id={`settings-${id}`}
              className={styles['section']}
              aria-labelledby={`head-${id}`}
            >
              <h2 id={`head-${id}`}>{t(`settings.section.${id}`)}</h2>
              {content}
            </section>
          ))}
          {found.length === 0 && (
            <EmptyState
              heading={t('settings.none', { query: query.trim() })}
              actions={<Button onClick={() => setQuery('')}>{t('settings.clear')}</Button>}
            />
          )}
        </div>
      </div>
    </main>
  );
}
