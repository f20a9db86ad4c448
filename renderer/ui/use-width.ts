import { type RefObject, useEffect, useState } from 'react';

/** Is the element narrower than `pixels`? Follows it as panes are moved. */
export function useIsNarrower(element: RefObject<HTMLElement | null>, pixels: number): boolean {
  const [isNarrower, setNarrower] = useState(false);
  // not a layout effect: the element may be an ancestor, whose ref is set after the effects of its children
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = (): void => setNarrower(target.clientWidth > 0 && target.clientWidth < pixels);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, pixels]);
  return isNarrower;
}
