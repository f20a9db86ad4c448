import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import { selectRun } from '../../stores/playground';
import { classes } from '../../ui/classes';
import { usePictureIntake } from '../pictures/use-picture-intake';
import { NoModels } from './NoModels';
import styles from './PlaygroundArea.module.css';
import { RecentRuns } from './RecentRuns';
import { RunDetail } from './RunDetail';
import { useRunAnnouncements } from './use-run-announcements';
import { useTarget } from './use-target';

/** The area Playground: what does a version answer? Recent runs, the input, the answer. */
export function PlaygroundArea() {
  const { t, playground, router } = useServices();
  const { models, model, version } = useTarget();
  const run = useStore(playground.store, selectRun);
  const [isListInSight, setListInSight] = useState(false);
  useRunAnnouncements();

  const modelName = model?.name;
  const versionNumber = version?.version;
  const isAvailable = version?.lifecycle === 'available';
  const take = useCallback(
    (pictures: readonly Picture[]) => {
      if (modelName === undefined || versionNumber === undefined || !isAvailable) playground.hold(pictures);
      else playground.run({ model: modelName, version: versionNumber }, pictures);
    },
    [playground, modelName, versionNumber, isAvailable],
  );
  usePictureIntake(take);

  // the route names what is in sight, so that Back comes to the same version again
  useEffect(() => {
    if (modelName === undefined || versionNumber === undefined) return;
    router.navigate({ area: 'playground', model: modelName, version: versionNumber }, { replace: true });
  }, [router, modelName, versionNumber]);

  return (
    <main
      id="main"
      tabIndex={-1}
      aria-labelledby="title"
      className={classes(styles['area'], isListInSight && styles['listInSight'])}
    >
      <RecentRuns
        onChoose={(chosen) => {
          playground.select(chosen.id);
          router.navigate(
            { area: 'playground', model: chosen.model, version: chosen.version },
            { replace: true },
          );
        }}
        onClose={() => setListInSight(false)}
      />
      <section className={styles['detail']} aria-label={t('playground.runDetail')} data-region="">
        {model === undefined ? (
          <NoModels />
        ) : (
          <RunDetail
            models={models}
            model={model}
            version={version}
            run={run?.model === model.name && run.version === version?.version ? run : undefined}
            onTake={take}
            onShowRecent={() => setListInSight(true)}
          />
        )}
      </section>
    </main>
  );
}
