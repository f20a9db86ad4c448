import { Columns2, List, type LucideIcon } from 'lucide-react';
import type { Model, Version } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { ariaKeys, keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { PaneHead } from '../../ui/Panel';
import { StateBadge } from '../../ui/StateBadge';
import { CopyAsCurl } from './CopyAsCurl';
import styles from './RunHeader.module.css';
import { TargetPicker } from './TargetPicker';
import { VersionChoice } from './VersionChoice';

export interface RunHeaderProps {
  readonly models: readonly Model[];
  readonly routes: readonly RouteView[];
  readonly model: Model;
  readonly version: Version | undefined;
  /** What Run is called here. */
  readonly runTitle: string;
  readonly runIcon: LucideIcon;
  /** Why nothing can be run now. */
  readonly unavailable: string | null;
  readonly onModel: (name: string) => void;
  readonly onVersion: (version: number) => void;
  readonly onRun: () => void;
  /** Null where the versions cannot be compared on pictures. */
  readonly onCompare: (() => void) | null;
  readonly onShowRecent: () => void;
}

/** Which version answers, and what can be done with it. */
export function RunHeader({
  models,
  routes,
  model,
  version,
  runTitle,
  runIcon,
  unavailable,
  onModel,
  onVersion,
  onRun,
  onCompare,
  onShowRecent,
}: RunHeaderProps) {
  const { t } = useServices();
  const platform = usePlatform();
  const keys = (title: string, combination: string): string =>
    t('common.shortcut', { title, keys: keysLabel(combination, platform) });
  return (
    <PaneHead>
      <span className={styles['recent']}>
        <IconButton icon={List} label={t('playground.showRecent')} onClick={onShowRecent} />
      </span>
      <TargetPicker models={models} routes={routes} value={model.name} onChange={onModel} />
      {version && (
        <>
          <VersionChoice
            versions={model.versions}
            labels={model.labels}
            value={version.version}
            onChange={onVersion}
          />
          <span className={styles['state']}>
            <StateBadge state={version.lifecycle} />
          </span>
        </>
      )}
      <span className={styles['gap']} />
      {version && <CopyAsCurl model={model.name} version={version.version} />}
      {onCompare && (
        <Button
          icon={Columns2}
          className={styles['compare']}
          aria-label={t('playground.compareWith')}
          aria-keyshortcuts={ariaKeys('$mod+Shift+c', platform)}
          title={keys(t('playground.compareWith'), '$mod+Shift+c')}
          onClick={onCompare}
        >
          <span className={styles['label']}>{t('playground.compare')}</span>
        </Button>
      )}
      <Button
        look="primary"
        icon={runIcon}
        unavailable={unavailable}
        aria-keyshortcuts={ariaKeys('$mod+Enter', platform)}
        title={keys(runTitle, '$mod+Enter')}
        onClick={onRun}
      >
        {runTitle}
      </Button>
    </PaneHead>
  );
}
