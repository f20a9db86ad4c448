import { Route as RouteIcon } from 'lucide-react';
import { Icon } from '../../ui/Icon';
import { Mark } from '../../ui/Mark';
import styles from './Arm.module.css';
import type { ArmLook } from './arm-look';

/** A longer number, such as a date, stands in the arm's name only. */
const mostDigits = 3;

/** The number of the version behind an arm on the arm's colour. */
export function ArmMark({ look }: { readonly look: ArmLook }) {
  const number = look.version === null ? null : String(look.version);
  return (
    <Mark style={look.style}>
      {number === null ? <Icon of={RouteIcon} size={12} /> : number.length <= mostDigits && number}
    </Mark>
  );
}

/** The mark with the arm's name beside it. */
export function ArmName({ look }: { readonly look: ArmLook }) {
  return (
    <span className={styles['name']} title={look.name}>
      <ArmMark look={look} />
      <span className={styles['text']}>{look.name}</span>
    </span>
  );
}
