/** From 0 to 1; null while nobody can tell of how many. */
export const shareDone = (done: number, total: number | null): number | null =>
  total === null ? null : total === 0 ? 1 : Math.min(1, done / total);
