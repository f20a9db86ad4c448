import { Columns2, List, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Model } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { ariaKeys, keysLabel } from '../../commands/keys';
import { type Command, unavailableReason } from '../../commands/registry';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { PaneHead } from '../../ui/Panel';
import styles from './RunHeader.module.css';
import { TargetPicker } from './TargetPicker';

export interface RunHeaderProps {
  readonly models: readonly Model[];
  readonly routes: readonly RouteView[];
  /** The model or route that is asked. */
  readonly target: string;
  readonly run: Command;
  readonly runIcon: LucideIcon;
  /** Null where nothing can be compared on pictures. */
  readonly compare: Command | null;
  readonly onShowRecent: () => void;
  /** Beside the target: what of it answers. */
  readonly children: ReactNode;
  /** More buttons, before those two. */
  readonly buttons?: ReactNode;
}

/** What is asked, and what can be done with it. */
export function RunHeader({
  models,
  routes,
  target,
  run,
  runIcon,
  compare,
  onShowRecent,
  children,
  buttons,
}: RunHeaderProps) {
  const { t, router } = useServices();
  const platform = usePlatform();
  const shortcutOf = ({ title, keys: [first = ''] = [] }: Command) => ({
    'aria-keyshortcuts': ariaKeys(first, platform),
    title: t('common.shortcut', { title, keys: keysLabel(first, platform) }),
  });
  return (
    <PaneHead>
      <span className={styles['recent']}>
        <IconButton icon={List} label={t('playground.showRecent')} onClick={onShowRecent} />
      </span>
      <TargetPicker
        models={models}
        routes={routes}
        value={target}
        onChange={(model) => router.navigate({ area: 'playground', model, version: null })}
      />
      {children}
      <span className={styles['gap']} />
      {buttons}
      {compare && (
        <Button
          icon={Columns2}
          className={styles['button']}
          aria-label={compare.title}
          {...shortcutOf(compare)}
          onClick={compare.run}
        >
          <span className={styles['label']}>{t('playground.compare')}</span>
        </Button>
      )}
      <Button
        look="primary"
        icon={runIcon}
        unavailable={unavailableReason(run)}
        {...shortcutOf(run)}
        onClick={run.run}
      >
        {run.title}
      </Button>
    </PaneHead>
  );
}
