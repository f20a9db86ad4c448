import { Search } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Model, Version } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { mostKeys } from '../../../app/contract/tables';
import { useServices } from '../../services';
import { ErrorView } from '../../ui/ErrorView';
import { Skeleton } from '../../ui/Skeleton';
import { useCommands } from '../../ui/use-commands';
import columns from '../playground/Columns.module.css';
import { NotReady } from '../playground/NotReady';
import { runCommand, versionCommands } from '../playground/run-commands';
import { useDescription } from '../playground/use-description';
import { VersionHeader } from '../playground/VersionHeader';
import { KeysColumn } from './KeysColumn';
import { keysOf, withKey } from './keys';
import { RowsColumn } from './RowsColumn';
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
      chooseVersion: (chosen: number) => {
        router.navigate({ area: 'playground', model: model.name, version: chosen }, { replace: true });
        const next = model.versions.find((each) => each.version === chosen);
        if (next?.lifecycle === 'available' && keys.length > 0 && keys.length <= mostKeys)
          void lookUp(chosen, keys);
      },
    };
  }, [announcer, format, hasVectors, keys, model, number, router, t, tables, text]);

  const run = useMemo(
    () => runCommand(t('tables.lookUp'), unavailable, actions.run),
    [actions, t, unavailable],
  );
  const commands = useMemo(
    () => [run, ...versionCommands(t, model, number, actions.chooseVersion)],
    [actions, model, number, run, t],
  );
  useCommands(commands);

  return (
    <>
      <VersionHeader
        models={models}
        routes={routes}
        model={model}
        version={version}
        run={run}
        runIcon={Search}
        compare={null}
        onVersion={actions.chooseVersion}
        onShowRecent={onShowRecent}
      />
      {version === undefined || !isAvailable ? (
        <NotReady model={model} version={version} onVersion={actions.chooseVersion} />
      ) : entry?.kind === 'failed' ? (
        <ErrorView size="page" error={entry.error} />
      ) : facts === null ? (
        <Skeleton rows={6} />
      ) : (
        <div className={columns['columns']}>
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
