import { Route as RouteIcon } from 'lucide-react';
import type { Model } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import { Picker } from '../../ui/Picker';
import styles from './RunHeader.module.css';
import { newestAble } from './target';

export interface TargetPickerProps {
  readonly models: readonly Model[];
  readonly routes: readonly RouteView[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** Which model or route is asked. */
export function TargetPicker({ models, routes, value, onChange }: TargetPickerProps) {
  const { t } = useServices();
  return (
    <Picker
      label={t('playground.model')}
      className={styles['model']}
      value={value}
      options={[
        ...models.map((each) => ({
          value: each.name,
          label: each.name,
          ...(newestAble(each) ? {} : { note: t('playground.modelNone') }),
        })),
        ...routes.map(({ route: { name } }) => ({
          value: name,
          label: name,
          mark: <Icon of={RouteIcon} size={14} />,
          note: t('routes.route'),
        })),
      ]}
      onChange={onChange}
    />
  );
}
