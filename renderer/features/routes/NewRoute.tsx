import { ArrowLeft } from 'lucide-react';
import { useCallback, useEffect } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useServices } from '../../services';
import { selectModelNames } from '../../stores/models';
import { Button } from '../../ui/Button';
import { DetailPane, DetailTitle } from '../../ui/DetailPane';
import { EmptyState } from '../../ui/EmptyState';
import { Field } from '../../ui/Field';
import { IconButton } from '../../ui/IconButton';
import { PaneHead } from '../../ui/Panel';
import { Picker } from '../../ui/Picker';
import { ArmsSection } from './ArmsSection';
import { ChangeStrip } from './ChangeStrip';
import { DraftButtons } from './DraftButtons';
import { likeliestModel } from './likeliest-model';
import { OffNote } from './OffNote';
import { useProblemText } from './Problems';
import { problemsUnder } from './problem-places';
import styles from './RouteDetail.module.css';
import { RulesSection } from './RulesSection';
import { useRouteCommands } from './use-route-commands';
import { type RouteEditor, RouteEditorProvider, useNewEditor } from './use-route-editor';

/** A route that is being built: its name, and everything that a route has. */
export function NewRoute({ onBack }: { readonly onBack: (() => void) | null }) {
  const { t, models, routeActions, router } = useServices();
  const byName = useStore(models.store, (state) => state.byName);
  const editor = useNewEditor(null, null);
  const hasDraft = editor !== null;

  // a way here from elsewhere brings a draft along; without one the likeliest model begins it
  useEffect(() => {
    if (hasDraft) return;
    const model = likeliestModel(byName.values());
    if (model) routeActions.startOver(model);
  }, [hasDraft, byName, routeActions]);

  if (editor === null) {
    return (
      <EmptyState
        level={2}
        heading={t('playground.noModels')}
        text={t('routes.needsModelText')}
        actions={
          <Button size="lg" look="primary" onClick={() => router.goTo('models')}>
            {t('playground.noModelsAction')}
          </Button>
        }
      />
    );
  }
  return <Building editor={editor} onBack={onBack} />;
}

interface BuildingProps {
  readonly editor: RouteEditor;
  readonly onBack: (() => void) | null;
}

function Building({ editor: plain, onBack }: BuildingProps) {
  const { t, routeDrafts, router } = useServices();
  const giveUp = useCallback(() => {
    router.navigate({ area: 'endpoints', shown: { kind: 'server' } }, { replace: true });
    routeDrafts.setFresh(null);
  }, [router, routeDrafts]);
  const editor = { ...plain, giveUp };
  useRouteCommands(editor, giveUp);
  return (
    <RouteEditorProvider value={editor}>
      <DetailPane labelledBy="route-title">
        <PaneHead>
          {onBack && <IconButton icon={ArrowLeft} label={t('endpoints.backToList')} onClick={onBack} />}
          <DetailTitle id="route-title" title={t('routes.newTitle')} />
          <span className={styles['path']} />
          <DraftButtons />
        </PaneHead>
        <div className={styles['scroll']}>
          <OffNote />
          <Start editor={editor} />
          <ArmsSection />
          <RulesSection />
        </div>
        <ChangeStrip />
      </DetailPane>
    </RouteEditorProvider>
  );
}

/** What it is called, and the model whose versions it begins with. */
function Start({ editor }: { readonly editor: RouteEditor }) {
  const { t, models, routeActions } = useServices();
  const { draft, change, problems } = editor;
  const modelNames = useStore(models.store, useShallow(selectModelNames));
  const problem = useProblemText(problemsUnder(problems, 'name'));
  const from = draft.arms[0]?.model ?? null;
  const startFrom = (name: string): void => {
    const model = models.store.getState().byName.get(name);
    if (model) routeActions.startOver(model);
  };
  return (
    <div className={styles['start']}>
      <div>
        <span aria-hidden="true">{t('routes.nameLabel')}</span>
        <Field
          label={t('routes.nameLabel')}
          fieldClassName={styles['nameField']}
          maxLength={200}
          value={draft.name}
          problem={problem}
          onChange={(event) => {
            const name = event.target.value;
            change((before) => ({ ...before, name }));
          }}
        />
      </div>
      <div>
        <span aria-hidden="true">{t('routes.startFrom')}</span>
        <Picker
          label={t('routes.startFrom')}
          value={from !== null && modelNames.includes(from) ? from : null}
          placeholder={from ?? ''}
          onChange={startFrom}
          options={modelNames.map((name) => ({ value: name, label: name }))}
        />
      </div>
    </div>
  );
}
