/** A metric's name as Prometheus takes it. Source: TensorFlow Serving, util/prometheus_exporter.cc. */
export const metricName = (name: string): string => leadingDigit(name.replace(/[^a-zA-Z0-9_]/g, ':'));

/** A label's name as Prometheus takes it. Source: as above. */
export const labelName = (name: string): string => leadingDigit(name.replace(/[^a-zA-Z0-9]/g, '_'));

const leadingDigit = (name: string): string => (/^\d/.test(name) ? `_${name}` : name);

/** `count` bounds, each `growth` times the one before. */
export function exponentialBounds(scale: number, growth: number, count: number): readonly number[] {
  const bounds = [scale];
  while (bounds.length < count) bounds.push((bounds.at(-1) ?? scale) * growth);
  return bounds;
}
