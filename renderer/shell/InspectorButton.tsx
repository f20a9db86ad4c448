import { PanelRight } from 'lucide-react';
import { useStore } from 'zustand';
import { keysLabel } from '../commands/keys';
import { useServices } from '../services';
import { IconButton } from '../ui/IconButton';
import { usePlatform } from './use-platform';

/** Opens and closes the inspector, from the head of what it inspects. */
export function InspectorButton() {
  const { t, ui } = useServices();
  const platform = usePlatform();
  const isInspecting = useStore(ui, (state) => state.inspectorOpen);
  return (
    <IconButton
      icon={PanelRight}
      label={t('shell.inspector')}
      tip={t('common.shortcut', { title: t('shell.inspector'), keys: keysLabel('$mod+i', platform) })}
      isPressed={isInspecting}
      onClick={() => ui.setState({ inspectorOpen: !isInspecting })}
    />
  );
}
