import { Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Preprocessing } from '../../../app/contract/inference';
import { canAnswer, type Model, type Version } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { keysLabel } from '../../commands/keys';
import type { Command } from '../../commands/registry';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { TakePictures } from '../../stores/pictures';
import { picturesAtHand } from '../../stores/playground';
import { Skeleton } from '../../ui/Skeleton';
import { useCommands } from '../../ui/use-commands';
import { FindPreprocessing } from '../preparation/FindPreprocessing';
import { NameClasses } from '../preparation/NameClasses';
import { PreparationQuestion } from '../preparation/PreparationQuestion';
import { usePreparation } from '../preparation/use-preparation';
import { AnswerColumn } from './AnswerColumn';
import columns from './Columns.module.css';
import { InputColumn } from './InputColumn';
import { NotReady } from './NotReady';
import styles from './RunDetail.module.css';
import type { Run } from './recent-runs';
import { choosePicturesCommand, compareCommand, runCommand, versionCommands } from './run-commands';
import { withCompanion } from './target';
import { useCompareAtHand } from './use-compare-at-hand';
import { useDescription } from './use-description';
import { VersionHeader } from './VersionHeader';

export interface RunDetailProps {
  readonly models: readonly Model[];
  readonly routes: readonly RouteView[];
  readonly model: Model;
  readonly version: Version | undefined;
  /** The selected run, when it is of this version. */
  readonly run: Run | undefined;
  readonly onTake: TakePictures;
  readonly onShowRecent: () => void;
}

/** One version with the picture at hand: header, input, answer. */
export function RunDetail({ models, routes, model, version, run, onTake, onShowRecent }: RunDetailProps) {
  const { t, playground, pictures, router, toasts } = useServices();
  const compareAtHand = useCompareAtHand();
  const picture = useStore(playground.store, (state) => state.picture);
  const platform = usePlatform();
  const isAvailable = version?.lifecycle === 'available';
  const isAble = version !== undefined && canAnswer(version);
  /** Its first request loads it, or is loading it. */
  const isAsleep = isAble && !isAvailable;
  const entry = useDescription(model.name, version?.version, isAvailable);
  const description = entry?.kind === 'ready' ? entry.description : undefined;
  /** An earlier answer stays readable, also when its version has gone. */
  const isKept = run?.outcome.kind === 'answered' || run?.outcome.kind === 'failed';
  const [dialog, setDialog] = useState<'find' | 'names' | null>(null);
  const isClassifier = description === undefined || description.preprocessing !== null;

  const actions = useMemo(() => {
    const runWith = (number: number): void =>
      playground.run({ model: model.name, version: number }, picturesAtHand(playground.store.getState()));
    return {
      runAgain: () => {
        if (version) runWith(version.version);
      },
      chooseVersion: (number: number) => {
        router.navigate({ area: 'playground', model: model.name, version: number }, { replace: true });
        const chosen = model.versions.find((each) => each.version === number);
        if (chosen?.lifecycle === 'available') runWith(number);
      },
      compare: () => compareAtHand(version ? withCompanion(model, version.version) : []),
    };
  }, [compareAtHand, model, playground, router, version]);

  const unavailable = !isAble
    ? t('playground.runNoVersion', { model: model.name })
    : !isClassifier
      ? t('playground.runNotClassifier', { model: model.name })
      : picture === null
        ? t('playground.runNoPicture')
        : null;

  const notPrepared = description?.preprocessing
    ? null
    : t('playground.runNotClassifier', { model: model.name });
  const runAgain = useMemo(
    () => runCommand(t('playground.run'), unavailable, actions.runAgain),
    [actions, t, unavailable],
  );
  const compareWith = useMemo(
    () => compareCommand(t('playground.compareWith'), actions.compare),
    [actions, t],
  );
  const commands = useMemo(
    (): readonly Command[] => [
      runAgain,
      choosePicturesCommand(t, () => void pictures.choose().catch(toasts.fail)),
      {
        id: 'run.findPreprocessing',
        title: t('preparation.command'),
        group: 'run',
        unavailable: () => notPrepared,
        run: () => setDialog('find'),
      },
      {
        id: 'run.nameClasses',
        title: t('names.open'),
        group: 'run',
        unavailable: () => notPrepared,
        run: () => setDialog('names'),
      },
      compareWith,
      ...versionCommands(t, model, version?.version, actions.chooseVersion),
    ],
    [actions, compareWith, model, notPrepared, pictures, runAgain, t, toasts, version],
  );
  useCommands(commands);

  const preparation = usePreparation({ model: model.name, version: version?.version ?? 0 });
  const askAgain = (): void => {
    if (version && picture) playground.run({ model: model.name, version: version.version }, [picture]);
  };
  const keepPreprocessing = async (preprocessing: Preprocessing | null): Promise<void> => {
    await preparation.keep(preprocessing);
    askAgain();
  };
  const nameClasses = async (names: readonly string[] | null): Promise<void> => {
    await preparation.nameClasses(names);
    askAgain();
  };

  return (
    <>
      <VersionHeader
        models={models}
        routes={routes}
        model={model}
        version={version}
        run={runAgain}
        runIcon={Play}
        compare={compareWith}
        onVersion={actions.chooseVersion}
        onShowRecent={onShowRecent}
      />
      {version === undefined || (!isAble && !isKept) ? (
        <NotReady model={model} version={version} onVersion={actions.chooseVersion} />
      ) : (
        <div className={columns['columns']}>
          {isAble ? (
            <InputColumn
              model={model}
              version={version.version}
              picture={picture}
              entry={entry}
              onTake={onTake}
              onKeep={keepPreprocessing}
              onFind={() => setDialog('find')}
              onName={() => setDialog('names')}
            />
          ) : (
            <div className={styles['notReady']}>
              <NotReady model={model} version={version} onVersion={actions.chooseVersion} />
            </div>
          )}
          {!isClassifier ? null : run === undefined &&
            isAvailable &&
            (entry === undefined || entry.kind === 'loading') ? (
            <div className={styles['answer']}>
              <Skeleton rows={6} />
            </div>
          ) : (
            <AnswerColumn
              run={run}
              hasPicture={picture !== null}
              heading={t(isAsleep ? 'playground.onDemand' : 'playground.answerOf', {
                version: version.version,
              })}
              notRun={t('playground.notRun', { version: version.version })}
              busy={isAsleep ? t('playground.onDemandLoading', { version: version.version }) : undefined}
              runKeys={keysLabel('$mod+Enter', platform)}
              onRunAgain={actions.runAgain}
              question={
                description && (
                  <PreparationQuestion
                    description={description}
                    onKeep={keepPreprocessing}
                    onFind={() => setDialog('find')}
                  />
                )
              }
            />
          )}
        </div>
      )}
      {description && dialog === 'find' && (
        <FindPreprocessing
          description={description}
          onKeep={keepPreprocessing}
          onClose={() => setDialog(null)}
        />
      )}
      {description && dialog === 'names' && (
        <NameClasses description={description} onKeep={nameClasses} onClose={() => setDialog(null)} />
      )}
    </>
  );
}
