import { Mark } from './Mark';
import styles from './VersionMark.module.css';
import { versionColour } from './version-colour';

/** A version's number on its colour, 16 pixels square. */
export function VersionMark({ version }: { readonly version: number }) {
  return <Mark style={versionColour(version)}>{version}</Mark>;
}

/** A version's colour alone, 10 pixels square; its number stands beside it. */
export function VersionSwatch({ version }: { readonly version: number }) {
  return <span className={styles['swatch']} style={versionColour(version)} aria-hidden="true" />;
}
