import { Picker } from '../../ui/Picker';
import { ArmMark } from './ArmMark';
import { lookOf } from './arm-look';
import { useRouteEditor } from './use-route-editor';

export interface ArmPickerProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (arm: string) => void;
}

/** One of the route's arms. */
export function ArmPicker({ label, value, onChange }: ArmPickerProps) {
  const { draft, looks } = useRouteEditor();
  return (
    <Picker
      label={label}
      value={value}
      onChange={onChange}
      options={draft.arms.map(({ id }) => {
        const look = lookOf(looks, id);
        return { value: id, label: look.name, mark: <ArmMark look={look} /> };
      })}
    />
  );
}
