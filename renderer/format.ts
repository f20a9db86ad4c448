/** How the page writes numbers, sizes and times: `Intl` everywhere, decimal units ("310 MB", "12.4 ms", "51.7 %"). */
export interface Format {
  /** "515 kB", "6.2 MB", "310 MB", "1.2 GB". */
  bytes(bytes: number): string;
  /** For "16 of 32 MB": `bytes` as a bare number where `like` has the same unit, else with its own ("300 MB of 13 GB"). */
  bytesLike(bytes: number, like: number): string;
  /** "0.02 ms", "12.4 ms", "340 ms", "1.9 s", "2 min". */
  duration(ms: number): string;
  /** "3 min 40 s", "1 h 5 min", "12 s", "0.4 s": a length of time that people wait. */
  span(ms: number): string;
  /** "51.7 %", "50 %"; below a tenth of a per cent "< 0.1 %". */
  percent(fraction: number): string;
  /** "51.7 %", "99.0 %": always one decimal, so that numbers beside each other are equally exact; below a tenth "< 0.1 %". */
  probability(fraction: number): string;
  number(value: number, maximumFractionDigits?: number): string;
  /** "0.0550": always so many decimals, for columns. */
  fixed(value: number, fractionDigits: number): string;
  /** "+0.03", "−1.2": with a sign, for deltas. */
  signed(value: number, fractionDigits?: number): string;
  /** "14:05:19". */
  time(atMs: number): string;
  /** "14:05:37.0". */
  preciseTime(atMs: number): string;
  /** "Nov 22, 14:05": in a column, for what was not today. */
  dayAndTime(atMs: number): string;
  /** "22 November 2026 at 14:05:19": the exact time behind a relative one. */
  dateTime(atMs: number): string;
  /** "3 minutes ago". */
  relative(atMs: number, nowMs: number): string;
  /** "1, 2 and 3". */
  list(items: readonly string[]): string;
  /** "1, 2 or 3". */
  either(items: readonly string[]): string;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
const byteStep = (bytes: number): number =>
  bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes * 1.0005) / 3));

/** Symbols of the SI, the same in every language; always with a space before them. */
const durationSteps = [
  { symbol: 's', ms: 1_000, until: 60_000 },
  { symbol: 'min', ms: 60_000, until: 3_600_000 },
  { symbol: 'h', ms: 3_600_000, until: Number.POSITIVE_INFINITY },
] as const;

const relativeSteps = [
  { unit: 'second', ms: 1_000, until: 60_000 },
  { unit: 'minute', ms: 60_000, until: 3_600_000 },
  { unit: 'hour', ms: 3_600_000, until: 86_400_000 },
  { unit: 'day', ms: 86_400_000, until: Number.POSITIVE_INFINITY },
] as const;

export function createFormat(locale: string): Format {
  const cache = new Map<string, Intl.NumberFormat>();
  const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const known = cache.get(key) ?? new Intl.NumberFormat(locale, options);
    cache.set(key, known);
    return known;
  };
  const quantity = (value: number, symbol: string, maximumFractionDigits: number): string =>
    `${numberFormat({ maximumFractionDigits }).format(value)}\u00a0${symbol}`;
  const timeOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const time = new Intl.DateTimeFormat(locale, timeOptions);
  const preciseTime = new Intl.DateTimeFormat(locale, { ...timeOptions, fractionalSecondDigits: 3 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' });
  const dayAndTime = new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const either = new Intl.ListFormat(locale, { type: 'disjunction' });
  const digitsFor = (value: number): number => (value < 10 ? 1 : 0);

  const format: Format = {
    bytes(bytes) {
      const step = byteStep(bytes);
      const value = bytes / 1000 ** step;
      return quantity(value, byteUnits[step] ?? 'B', step === 0 ? 0 : digitsFor(value));
    },
    bytesLike(bytes, like) {
      const step = byteStep(like);
      if (bytes > 0 && byteStep(bytes) !== step) return format.bytes(bytes);
      const value = bytes / 1000 ** step;
      return numberFormat({ maximumFractionDigits: step < 3 ? 0 : digitsFor(value) }).format(value);
    },
    duration(ms) {
      if (ms < 1_000) return quantity(ms, 'ms', ms < 1 ? 2 : ms < 100 ? 1 : 0);
      const step = durationSteps.find((candidate) => ms < candidate.until) ?? durationSteps[2];
      const value = ms / step.ms;
      return quantity(value, step.symbol, digitsFor(value));
    },
    span(ms) {
      if (ms < 10_000) return quantity(ms / 1_000, 's', 1);
      const seconds = Math.round(ms / 1_000);
      if (seconds < 60) return quantity(seconds, 's', 0);
      const minutes = Math.floor(seconds / 60);
      const parts =
        minutes < 60
          ? [quantity(minutes, 'min', 0), ...(seconds % 60 > 0 ? [quantity(seconds % 60, 's', 0)] : [])]
          : [
              quantity(Math.floor(minutes / 60), 'h', 0),
              ...(minutes % 60 > 0 ? [quantity(minutes % 60, 'min', 0)] : []),
            ];
      return parts.join(' ');
    },
    percent(fraction) {
      if (fraction > 0 && fraction < 0.001)
        return `< ${numberFormat({ minimumFractionDigits: 1 }).format(0.1)}\u00a0%`;
      return `${numberFormat({ maximumFractionDigits: 1 }).format(fraction * 100)}\u00a0%`;
    },
    probability(fraction) {
      if (fraction > 0 && fraction < 0.001) return format.percent(fraction);
      return `${format.fixed(fraction * 100, 1)}\u00a0%`;
    },
    number: (value, maximumFractionDigits = 3) => numberFormat({ maximumFractionDigits }).format(value),
    fixed: (value, fractionDigits) =>
      numberFormat({
        minimumFractionDigits: fractionDigits,
        maximumFractionDigits: fractionDigits,
      }).format(value),
    signed: (value, fractionDigits = 2) =>
      numberFormat({
        signDisplay: 'exceptZero',
        minimumFractionDigits: fractionDigits,
        maximumFractionDigits: fractionDigits,
      })
        .format(value)
        .replace('-', '−'),
    time: (atMs) => time.format(atMs),
    preciseTime: (atMs) => preciseTime.format(atMs),
    dayAndTime: (atMs) => dayAndTime.format(atMs),
    dateTime: (atMs) => dateTime.format(atMs),
    relative(atMs, nowMs) {
      const agoMs = Math.max(0, nowMs - atMs);
      const step = relativeSteps.find((candidate) => agoMs < candidate.until) ?? relativeSteps[3];
      return relative.format(-Math.floor(agoMs / step.ms), step.unit);
    },
    list: (items) => list.format(items),
    either: (items) => either.format(items),
  };
  return format;
}
