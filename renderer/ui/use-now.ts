import { useEffect, useState } from 'react';
import { useServices } from '../services';

/** The time, anew every `everyMs`; stands still while the window is hidden. */
export function useNow(everyMs: number, isRunning = true): number {
  const { now } = useServices();
  const [atMs, setAtMs] = useState(now);
  useEffect(() => {
    if (!isRunning) return;
    const tick = (): void => {
      if (!document.hidden) setAtMs(now());
    };
    tick();
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [now, everyMs, isRunning]);
  return atMs;
}
