export type Labels = Readonly<Record<string, string | number>>;

/** Values with how often each was seen. */
export interface CountedSeries {
  readonly labels: Labels;
  readonly counts: readonly (readonly [value: number, times: number])[];
}

/** One sample in Prometheus' text format. */
export const sampleLine = (name: string, labels: Labels, value: number): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(String(text))}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
};

const escaped = (text: string): string =>
  text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

export const headLines = (name: string, help: string, type: 'counter' | 'gauge' | 'histogram'): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

/** A histogram of what was counted elsewhere; empty without series. Bounds rise. */
export function countedHistogram(
  name: string,
  help: string,
  bounds: readonly number[],
  series: readonly CountedSeries[],
): readonly string[] {
  if (series.length === 0) return [];
  const lines = headLines(name, help, 'histogram');
  for (const { labels, counts } of series) {
    const upTo = (bound: number): number =>
      counts.reduce((sum, [value, times]) => sum + (value <= bound ? times : 0), 0);
    for (const bound of bounds)
      lines.push(sampleLine(`${name}_bucket`, { ...labels, le: bound }, upTo(bound)));
    const count = upTo(Number.POSITIVE_INFINITY);
    lines.push(sampleLine(`${name}_bucket`, { ...labels, le: '+Inf' }, count));
    const sum = counts.reduce((total, [value, times]) => total + value * times, 0);
    lines.push(sampleLine(`${name}_sum`, labels, sum), sampleLine(`${name}_count`, labels, count));
  }
  return lines;
}
