import { dateTime, rangeUtil, type TimeOption, type TimeRange } from '@grafana/data';

/** The ranges offered for one click. */
export const QUICK_RANGES: TimeOption[] = [
  { from: 'now-1h', to: 'now', display: 'Last 1 hour' },
  { from: 'now-6h', to: 'now', display: 'Last 6 hours' },
  { from: 'now-24h', to: 'now', display: 'Last 24 hours' },
  { from: 'now-7d', to: 'now', display: 'Last 7 days' },
  { from: 'now-30d', to: 'now', display: 'Last 30 days' },
  { from: 'now-90d', to: 'now', display: 'Last 90 days' },
];

/** Turns two ends as the address holds them into a range, relative to now. */
export function parseRange(from: string, to: string, timeZone: string): TimeRange {
  return rangeUtil.convertRawToRange({ from: parseEnd(from), to: parseEnd(to) }, timeZone);
}

/** Writes an end of a range for the address. */
export function formatEnd(end: TimeRange['raw']['from']): string {
  return typeof end === 'string' ? end : String(end.valueOf());
}

/** Moves a range by a part of its own length: -0.5 is half of it back. */
export function moved(range: TimeRange, part: number): TimeRange {
  const by = (range.to.valueOf() - range.from.valueOf()) * part;
  return between(range.from.valueOf() + by, range.to.valueOf() + by);
}

/** Twice the length around the same middle. */
export function zoomedOut(range: TimeRange): TimeRange {
  const half = (range.to.valueOf() - range.from.valueOf()) / 2;
  return between(range.from.valueOf() - half, range.to.valueOf() + half);
}

/** The range between two times in milliseconds since 1970. */
export function between(fromMs: number, toMs: number): TimeRange {
  const from = dateTime(fromMs);
  const to = dateTime(toMs);
  return { from, to, raw: { from, to } };
}

function parseEnd(text: string) {
  return /^\d+$/.test(text) ? dateTime(Number(text)) : text;
}
