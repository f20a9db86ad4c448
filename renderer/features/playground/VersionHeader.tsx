import type { Model, Version } from '../../../app/contract/models';
import { StateBadge } from '../../ui/StateBadge';
import { CopyAsCurl } from './CopyAsCurl';
import { RunHeader, type RunHeaderProps } from './RunHeader';
import styles from './RunHeader.module.css';
import { VersionChoice } from './VersionChoice';

export interface VersionHeaderProps extends Omit<RunHeaderProps, 'target' | 'children' | 'buttons'> {
  readonly model: Model;
  readonly version: Version | undefined;
  readonly onVersion: (version: number) => void;
}

/** Which version of a model is asked, how it stands, and what can be done with it. */
export function VersionHeader({ model, version, onVersion, ...frame }: VersionHeaderProps) {
  return (
    <RunHeader
      {...frame}
      target={model.name}
      buttons={version && <CopyAsCurl model={model.name} version={version.version} />}
    >
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
    </RunHeader>
  );
}
