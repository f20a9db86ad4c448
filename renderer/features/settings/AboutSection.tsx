import { Copy, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { Mark } from '../../shell/Mark';
import { Button } from '../../ui/Button';
import { FactList } from '../../ui/FactList';
import { NoteBox } from '../../ui/NoteBox';
import { Skeleton } from '../../ui/Skeleton';
import styles from './AboutSection.module.css';

/** What this is, what it runs on, and whether a stand-in runtime is used. */
export function AboutSection() {
  const { t, format, settings, actions } = useServices();
  const info = useStore(settings.store, (state) => state.info);
  if (info === null) return <Skeleton rows={5} />;
  const facts = [
    { name: t('about.version'), value: info.version },
    { name: t('about.electron'), value: info.electron },
    { name: t('about.chromium'), value: info.chromium },
    { name: t('about.node'), value: info.node },
    { name: t('about.onnxruntime'), value: info.onnxruntime },
    {
      name: t('about.computer'),
      value: t('about.computerIs', {
        system: t(`about.system.${info.platform}`),
        cpus: info.cpuCount,
        memory: format.bytes(info.totalMemoryBytes),
      }),
    },
  ];
  const text = facts.map(({ name, value }) => `${name}: ${value}`).join('\n');
  return (
    <div className={styles['about']}>
      {info.isFallbackRuntime && (
        <NoteBox tone="warn" icon={TriangleAlert}>
          <strong>{t('about.fallback')}</strong>
          <p>{t('about.fallbackText', { electron: info.electron })}</p>
        </NoteBox>
      )}
      <div className={styles['head']}>
        <Mark />
        <span className={styles['name']}>{t('shell.name')}</span>
        <Button icon={Copy} onClick={() => void actions.copy(text)}>
          {t('about.copy')}
        </Button>
      </div>
      <FactList facts={facts} />
      <p className={styles['licence']}>{t('about.licence')}</p>
    </div>
  );
}
