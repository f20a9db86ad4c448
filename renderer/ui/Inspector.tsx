import { createContext, type ReactNode, useContext } from 'react';
import { createPortal } from 'react-dom';

/** Where the inspector's content goes; null while the inspector is closed. */
export const InspectorSlot = createContext<HTMLElement | null>(null);

/** What a page shows in the inspector while it is open. Use it anywhere in the page, once. */
export function Inspector({ children }: { readonly children: ReactNode }) {
  const slot = useContext(InspectorSlot);
  return slot && createPortal(children, slot);
}
