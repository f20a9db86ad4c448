import { useStore } from 'zustand';
import { useServices } from '../../services';
import type { ModelColumn } from '../../stores/ui';

/** The columns that were chosen besides name and state. */
export function useColumns(): readonly ModelColumn[] {
  const { ui } = useServices();
  return useStore(ui, (state) => state.columns);
}
