import { useStore } from 'zustand';
import { useServices } from '../services';

/** One region for results, one for failures; both always there, so that screen readers watch them. */
export function LiveRegions() {
  const { announcer } = useServices();
  const { polite, assertive } = useStore(announcer.store);
  return (
    <div className="visually-hidden">
      <div aria-live="polite" aria-atomic="true">
        {polite}
      </div>
      <div aria-live="assertive" aria-atomic="true">
        {assertive}
      </div>
    </div>
  );
}
