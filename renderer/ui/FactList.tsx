import type { ReactNode } from 'react';
import styles from './FactList.module.css';

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  /** Set for ids and paths. */
  readonly isMono?: boolean;
}

/** Names and values one under the other, as in the inspector. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles['facts']}>
      {facts.map(({ name, value, isMono = false }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={isMono ? styles['mono'] : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
