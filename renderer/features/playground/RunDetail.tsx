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
import { Skeleton } from '../../ui/Skeleton';
import { useCommands } from '../../ui/use-commands';
import { FindPreprocessing } from '../preparation/FindPreprocessing';
import { NameClasses } from '../preparation/NameClasses';
import { PreparationQuestion } from '../preparation/PreparationQuestion';
import { usePreparation } from '../preparation/use-preparation';
import { AnswerColumn } from './AnswerColumn';
import { InputColumn } from './InputColumn';
import { NotReady } from './NotReady';
import styles from './RunDetail.module.css';
import { RunHeader } from './RunHeader';
import type { Run } from './recent-runs';
import { neighbourVersion, withCompanion } from './target';
import { useDescription } from './use-description';

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
  const { t, compare, playground, pictures, router, toasts } = useServices();
  const picture = useStore(playground.store, (state) => state.picture);
  const held = useStore(playground.store, (state) => state.held);
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
    const runWith = (number: number): void => {
      const given = held.length > 0 ? held : picture ? [picture] : [];
      playground.run({ model: model.name, version: number }, given);
    };
    return {
      runAgain: () => {
        if (version) runWith(version.version);
      },
      chooseVersion: (number: number) => {
        router.navigate({ area: 'playground', model: model.name, version: number }, { replace: true });
        const chosen = model.versions.find((each) => each.version === number);
        if (chosen?.lifecycle === 'available') runWith(number);
      },
      chooseModel: (name: string) => router.navigate({ area: 'playground', model: name, version: null }),
      compare: () => {
        compare.addPictures(held.length > 0 ? held : picture ? [picture] : []);
        if (picture) compare.selectPicture(picture.id);
        const versions = version ? withCompanion(model, version.version) : [];
        router.navigate({ area: 'compare', versions });
      },
    };
  }, [compare, held, model, picture, playground, router, version]);

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
  const commands = useMemo((): readonly Command[] => {
    const toVersion = (step: -1 | 1) => ({
      unavailable: () =>
        version && neighbourVersion(model, version.version, step) ? null : t('playground.noOtherVersion'),
      run: () => {
        const next = version && neighbourVersion(model, version.version, step);
        if (next) actions.chooseVersion(next.version);
      },
    });
    return [
      {
        id: 'run.again',
        title: t('playground.run'),
        group: 'run',
        keys: ['$mod+Enter'],
        unavailable: () => unavailable,
        run: actions.runAgain,
      },
      {
        id: 'run.choosePictures',
        title: t('playground.choose'),
        group: 'run',
        run: () => void pictures.choose().catch(toasts.fail),
      },
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
      {
        id: 'run.compare',
        title: t('playground.compareWith'),
        group: 'run',
        keys: ['$mod+Shift+c'],
        run: actions.compare,
      },
      { id: 'run.olderVersion', title: t('playground.older'), group: 'run', keys: ['['], ...toVersion(-1) },
      { id: 'run.newerVersion', title: t('playground.newer'), group: 'run', keys: [']'], ...toVersion(1) },
    ];
  }, [actions, model, notPrepared, pictures, t, toasts, unavailable, version]);
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
      <RunHeader
        models={models}
        routes={routes}
        model={model}
        version={version}
        runTitle={t('playground.run')}
        runIcon={Play}
        unavailable={unavailable}
        onModel={actions.chooseModel}
        onVersion={actions.chooseVersion}
        onRun={actions.runAgain}
        onCompare={actions.compare}
        onShowRecent={onShowRecent}
      />
      {version === undefined || (!isAble && !isKept) ? (
        <NotReady model={model} version={version} onVersion={actions.chooseVersion} />
      ) : (
        <div className={styles['columns']}>
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
