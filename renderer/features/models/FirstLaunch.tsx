import {
  FolderPlus,
  FolderTree as FolderTreeIcon,
  type LucideIcon,
  ScanEye,
  ShieldCheck,
  Tags,
} from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { MessageId } from '../../messages/en';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import styles from './FirstLaunch.module.css';
import { FolderTree } from './FolderTree';

const facts: readonly { readonly id: MessageId; readonly icon: LucideIcon }[] = [
  { id: 'welcome.fact.versions', icon: FolderTreeIcon },
  { id: 'welcome.fact.watched', icon: ScanEye },
  { id: 'welcome.fact.labels', icon: Tags },
  { id: 'welcome.fact.local', icon: ShieldCheck },
];

/** The first window: one sentence, three ways on, and what a model folder looks like. */
export function FirstLaunch() {
  const { t, rich, adding, actions, commands } = useServices();
  const isLooking = useStore(adding.store, (state) => state.isLooking);
  const [isAddingSample, setAddingSample] = useState(false);
  const addSample = (): void => {
    setAddingSample(true);
    void actions.addSample().finally(() => setAddingSample(false));
  };
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title" className={styles['welcome']} data-region="">
      <div className={styles['inner']}>
        <h1 id="title" className={styles['heading']}>
          {t('welcome.heading')}
        </h1>
        <p className={styles['lead']}>{t('welcome.lead')}</p>
        <div className={styles['actions']}>
          <Button
            look="primary"
            size="lg"
            icon={FolderPlus}
            isBusy={isLooking}
            onClick={() => void adding.chooseFolder()}
          >
            {t('models.addFolder')}
          </Button>
          <Button size="lg" isBusy={isAddingSample} onClick={addSample}>
            {t('welcome.sample')}
          </Button>
          <Button size="lg" look="link" onClick={() => commands.run('help.layout')}>
            {t('welcome.layout')}
          </Button>
        </div>
        <p className={styles['hint']}>{t('welcome.drop')}</p>
        <div className={styles['layout']}>
          <section aria-labelledby="tree-title">
            <h2 id="tree-title">{t('welcome.tree')}</h2>
            <FolderTree />
          </section>
          <section aria-labelledby="next-title">
            <h2 id="next-title">{t('welcome.next')}</h2>
            <ul className={styles['facts']}>
              {facts.map(({ id, icon }) => (
                <li key={id}>
                  <Icon of={icon} />
                  <span>{rich(id)}</span>
                </li>
              ))}
            </ul>
          </section>
        </div>
      </div>
    </main>
  );
}
