import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { AppError } from '../../../app/base/errors';
import { canAnswer } from '../../../app/contract/models';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import { selectRun } from '../../stores/playground';
import { classes } from '../../ui/classes';
import { usePictureIntake } from '../pictures/use-picture-intake';
import { TableDetail } from '../tables/TableDetail';
import { NoModels } from './NoModels';
import styles from './PlaygroundArea.module.css';
import { RecentRuns } from './RecentRuns';
import { RouteRunDetail } from './RouteRunDetail';
import { RunDetail } from './RunDetail';
import { useRunAnnouncements } from './use-run-announcements';
import { useTarget } from './use-target';

/** The area Playground: what does a version answer? Recent runs, the input, the answer. */
export function PlaygroundArea() {
  const { t, playground, router, toasts } = useServices();
  const { models, routes, route, model, version } = useTarget();
  const run = useStore(playground.store, selectRun);
  const [isListInSight, setListInSight] = useState(false);
  useRunAnnouncements();

  const modelName = model?.name;
  const versionNumber = version?.version;
  const isAble = version !== undefined && canAnswer(version);
  const routeName = route?.route.name;
  const isTable = model?.platform === 'lookup-table';
  const take = useCallback(
    (pictures: readonly Picture[]) => {
      if (routeName !== undefined) playground.runRoute(routeName, pictures);
      else if (isTable) toasts.fail(new AppError('MODEL_IS_TABLE'));
      else if (modelName === undefined || versionNumber === undefined || !isAble) playground.hold(pictures);
      else playground.run({ model: modelName, version: versionNumber }, pictures);
    },
    [playground, toasts, routeName, isTable, modelName, versionNumber, isAble],
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
        {route !== undefined ? (
          <RouteRunDetail
            key={route.route.name}
            models={models}
            routes={routes}
            view={route}
            run={run?.model === route.route.name ? run : undefined}
            onTake={take}
            onShowRecent={() => setListInSight(true)}
          />
        ) : model === undefined ? (
          <NoModels />
        ) : model.platform === 'lookup-table' ? (
          <TableDetail
            key={model.name}
            models={models}
            routes={routes}
            model={model}
            version={version}
            onShowRecent={() => setListInSight(true)}
          />
        ) : (
          <RunDetail
            models={models}
            routes={routes}
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
