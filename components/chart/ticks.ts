const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Marks of a time axis from 0 to `endSeconds`: whole steps of a clock, at most `most` (at least 2) after the first. */
export function timeTicks(endSeconds: number, most: number): readonly number[] {
  const step = STEPS.find((each) => endSeconds / each <= most) ?? Math.ceil(endSeconds / most / 86_400) * 86_400;
  return Array.from({ length: Math.floor(endSeconds / step) + 1 }, (_, index) => index * step);
}

/** A mark of a time axis: `45 s`, `1:30 min`, `2 min`, `1:30 h`. */
export function formatTick(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${inParts(seconds)} min`;
  return `${inParts(Math.round(seconds / 60))} h`;
}

function inParts(units: number): string {
  const rest = units % 60;
  return rest === 0 ? String(units / 60) : `${Math.floor(units / 60)}:${String(rest).padStart(2, '0')}`;
}

/** Marks of an axis of numbers from 0 to at least `most` (and 1): whole steps of 1, 2 or 5 times a power of ten, at most five. */
export function valueTicks(most: number): readonly number[] {
  const wanted = Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = Math.max(1, [0.2, 0.5, 1, 2, 5].map((each) => each * power).find((each) => wanted / each <= 4) ?? power * 5);
  return Array.from({ length: Math.ceil(wanted / step) + 1 }, (_, index) => index * step);
}
