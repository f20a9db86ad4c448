import { useState } from 'react';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { EmptyState } from '../../ui/EmptyState';
import { useDescription } from '../playground/use-description';
import { BatchSizes } from './BatchSizes';
import { newestAvailable } from './model-state';
import { RunningOptions } from './RunningOptions';
import { RunningPreview } from './RunningPreview';
import styles from './RunningTab.module.css';
import { draftOf, isChanged, type RunningDraft, readDraft } from './running-draft';
import { nowWords } from './running-words';
import { VersionPicker } from './VersionPicker';

export interface RunningTabProps {
  readonly model: Model;
  /** The version whose row had the focus is shown first. */
  readonly focused: number | null;
}

/** How the versions of a model are run: what is set, what holds by default, what a loaded version does. Nothing changes before *Apply*. */
export function RunningTab({ model, focused }: RunningTabProps) {
  const services = useServices();
  const { t } = services;
  const newest = newestAvailable(model)?.version;
  const [chosen, setChosen] = useState(focused ?? newest ?? model.versions[0]?.version);
  const [changes, setChanges] = useState<RunningDraft | null>(null);
  const version = model.versions.find((each) => each.version === chosen) ?? model.versions[0];
  const isAvailable = version?.lifecycle === 'available';
  const entry = useDescription(model.name, version?.version, isAvailable);
  if (!version) return <EmptyState heading={t('versions.none', { model: model.name })} />;

  const draft = changes ?? draftOf(model.running);
  const read = readDraft(draft);
  const running = isAvailable && entry?.kind === 'ready' ? entry.description.running : undefined;
  const now = running ? nowWords(version, running, services) : {};
  return (
    <div className={styles['tab']}>
      <div className={styles['scroll']}>
        <VersionPicker versions={model.versions} value={version.version} onChange={setChosen} />
        <p className={styles['intro']}>{t('running.intro')}</p>
        {newest === undefined && <p className={styles['intro']}>{t('running.nothingLoaded')}</p>}
        <RunningOptions
          draft={draft}
          read={read}
          now={now}
          listed={running?.provider?.listed}
          onChange={setChanges}
        />
        {isAvailable && <BatchSizes version={version} />}
      </div>
      {isChanged(draft, model.running) && (
        <RunningPreview model={model} draft={draft} read={read} onDone={() => setChanges(null)} />
      )}
    </div>
  );
}
