const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const ONE_DIGIT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const DASH = '–';

/** `1234567` -> `1,234,567`. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `formatCounted(1, 'row')` -> `1 row`; `formatCounted(2, 'row')` -> `2 rows`. */
export function formatCounted(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Large counts in short form: `12.3k`, `4.1M`. Exact below 10,000. */
export function formatCompact(count: number): string {
  if (count < 10_000) return COUNT.format(count);
  if (count < 999_950) return `${ONE_DIGIT.format(count / 1000)}k`;
  return `${ONE_DIGIT.format(count / 1_000_000)}M`;
}

/** A duration for people: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. Negative durations count as 0. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 9_950) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** Rows per second; a dash when not measured yet. */
export function formatRate(rowsPerSecond: number | null): string {
  if (rowsPerSecond === null || !Number.isFinite(rowsPerSecond)) return DASH;
  return `${formatCompact(Math.round(rowsPerSecond))}/s`;
}

/** Bytes with binary prefixes: `512 B`, `1.5 KiB`, `3 MiB`. */
export function formatBytes(sizeBytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = Math.max(0, sizeBytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? COUNT.format(value) : ONE_DIGIT.format(value)} ${units[unit]}`;
}

/** A fraction (0..1) as percentage: `0.5` -> `50 %`. Never rounds up to `100 %`. */
export function formatPercentage(share: number): string {
  const percent = share < 1 ? Math.min(99, Math.round(share * 100)) : 100;
  return `${Math.max(0, percent)} %`;
}

/** Time since `atMs`; from one week on the date. Both in milliseconds since the epoch; `timeZone` is an IANA name. */
export function formatAgo(atMs: number, nowMs: number, timeZone: string): string {
  const seconds = Math.round((nowMs - atMs) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  if (days < 7) return days === 1 ? 'yesterday' : `${days} days ago`;
  return formatInstant(atMs, timeZone);
}

/** `24 Nov 2026, 00:41` in the given time zone. */
export function formatInstant(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(atMs);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
