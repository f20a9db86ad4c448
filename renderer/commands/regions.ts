const focusable =
  'a[href], button:not([tabindex="-1"]), input, textarea, select, [tabindex]:not([tabindex="-1"])';

/** Moves the focus to the next (1) or previous (-1) region of the page: rail, list, detail, events, inspector. */
export function focusRegion(by: 1 | -1, root: ParentNode = document): void {
  const regions = [...root.querySelectorAll<HTMLElement>('[data-region]')];
  if (regions.length === 0) return;
  const active = document.activeElement;
  // the innermost region that holds the focus: regions may stand inside each other
  const at = regions.findLastIndex((region) => region.contains(active));
  const start = at < 0 && by < 0 ? 0 : at;
  const next = regions[(start + by + regions.length) % regions.length];
  if (!next) return;
  const inside = [...next.querySelectorAll<HTMLElement>(focusable)].find(
    (candidate) => candidate.closest('[data-region]') === next,
  );
  const preferred = next.querySelector<HTMLElement>('[data-row][tabindex="0"]');
  const goal = preferred?.closest('[data-region]') === next ? preferred : inside;
  if (goal) {
    goal.focus();
    return;
  }
  next.tabIndex = -1;
  next.focus();
}
