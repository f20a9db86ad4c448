import { Search } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Model, Version } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { mostKeys } from '../../../app/contract/tables';
import type { Command } from '../../commands/registry';
import { useServices } from '../../services';
import { ErrorView } from '../../ui/ErrorView';
import { Skeleton } from '../../ui/Skeleton';
import { useCommands } from '../../ui/use-commands';
import { NotReady } from '../playground/NotReady';
import { RunHeader } from '../playground/RunHeader';
import { neighbourVersion } from '../playground/target';
import { useDescription } from '../playground/use-description';
import { KeysColumn } from './KeysColumn';
import { keysOf, withKey } from './keys';
import { RowsColumn } from './RowsColumn';
import styles from './TableDetail.module.css';
import { tableFacts } from './table-facts';

export interface TableDetailProps {
  readonly models: readonly Model[];
  readonly routes: readonly RouteView[];
  readonly model: Model;
  readonly version: Version | undefined;
  readonly onShowRecent: () => void;
}

/** One version of a lookup table: keys in, rows out, and what is most like a row. */
export function TableDetail({ models, routes, model, version, onShowRecent }: TableDetailProps) {
  const { t, announcer, format, router, tables } = useServices();
  const text = useStore(tables.store, ({ texts }) => texts.get(model.name) ?? '');
  const isAvailable = version?.lifecycle === 'available';
  const number = version?.version;
  const entry = useDescription(model.name, number, isAvailable);
  const facts = entry?.kind === 'ready' ? tableFacts(entry.description) : null;
  const keys = useMemo(() => keysOf(text), [text]);
  const hasVectors = facts?.hasVectors ?? false;

  const unavailable =
    number === undefined || !isAvailable
      ? t('playground.runNoVersion', { model: model.name })
      : keys.length === 0
        ? t('tables.noKeys')
        : keys.length > mostKeys
          ? t('tables.tooManyKeys', { most: format.number(mostKeys) })
          : null;

  const actions = useMemo(() => {
    const lookUp = async (of: number, wanted: readonly string[], selected?: string): Promise<void> => {
      const ref = { model: model.name, version: of };
      const answer = await tables.lookUp(ref, wanted);
      if (!answer) return;
      const found = answer.rows.length;
      announcer.polite(t('tables.announced', { found: format.number(found), count: wanted.length }));
      const key = answer.rows.find((row) => row.key === selected)?.key ?? answer.rows[0]?.key;
      if (key !== undefined) await tables.select(ref, key, hasVectors);
    };
    return {
      run: () => {
        if (number !== undefined) void lookUp(number, keys);
      },
      select: (key: string) => {
        if (number !== undefined) void tables.select({ model: model.name, version: number }, key, hasVectors);
      },
      walkTo: (key: string) => {
        const next = withKey(text, key);
        tables.setText(model.name, next);
        if (number !== undefined) void lookUp(number, keysOf(next), key);
      },
      chooseModel: (name: string) => router.navigate({ area: 'playground', model: name, version: null }),
      chooseVersion: (chosen: number) => {
        router.navigate({ area: 'playground', model: model.name, version: chosen }, { replace: true });
        const next = model.versions.find((each) => each.version === chosen);
        if (next?.lifecycle === 'available' && keys.length > 0 && keys.length <= mostKeys)
          void lookUp(chosen, keys);
      },
    };
  }, [announcer, format, hasVectors, keys, model, number, router, t, tables, text]);

  const commands = useMemo((): readonly Command[] => {
    const toVersion = (step: -1 | 1) => ({
      unavailable: () =>
        number !== undefined && neighbourVersion(model, number, step) ? null : t('playground.noOtherVersion'),
      run: () => {
        const next = number === undefined ? undefined : neighbourVersion(model, number, step);
        if (next) actions.chooseVersion(next.version);
      },
    });
    return [
      {
        id: 'run.again',
        title: t('tables.lookUp'),
        group: 'run',
        keys: ['$mod+Enter'],
        unavailable: () => unavailable,
        run: actions.run,
      },
      { id: 'run.olderVersion', title: t('playground.older'), group: 'run', keys: ['['], ...toVersion(-1) },
      { id: 'run.newerVersion', title: t('playground.newer'), group: 'run', keys: [']'], ...toVersion(1) },
    ];
  }, [actions, model, number, t, unavailable]);
  useCommands(commands);

  return (
    <>
      <RunHeader
        models={models}
        routes={routes}
        model={model}
        version={version}
        runTitle={t('tables.lookUp')}
        runIcon={Search}
        unavailable={unavailable}
        onModel={actions.chooseModel}
        onVersion={actions.chooseVersion}
        onRun={actions.run}
        onCompare={null}
        onShowRecent={onShowRecent}
      />
      {version === undefined || !isAvailable ? (
        <NotReady model={model} version={version} onVersion={actions.chooseVersion} />
      ) : entry?.kind === 'failed' ? (
        <ErrorView size="page" error={entry.error} />
      ) : facts === null ? (
        <Skeleton rows={6} />
      ) : (
        <div className={styles['columns']}>
          <KeysColumn
            text={text}
            count={keys.length}
            facts={facts}
            onText={(next) => tables.setText(model.name, next)}
          />
          <RowsColumn
            model={model.name}
            version={version.version}
            facts={facts}
            onSelect={actions.select}
            onWalkTo={actions.walkTo}
            onRetry={actions.run}
          />
        </div>
      )}
    </>
  );
}
