import type { ColumnType } from './dataset.ts';

/** Column types whose values are times, written as text. */
export type TimeType = Extract<ColumnType, 'dateTimeOffset' | 'date' | 'timeOfDay' | 'duration'>;

const DATE = String.raw`\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;
const HOUR_MINUTE = String.raw`([01]\d|2[0-3]):[0-5]\d`;
const TIME = String.raw`${HOUR_MINUTE}(:[0-5]\d(\.\d{1,12})?)?`;
const SECONDS = String.raw`\d+(\.\d+)?S`;

/**
 * Format of each type: the rules dateTimeOffsetValue, dateValue, timeOfDayValue and durationValue of the OData 4.01 ABNF, as regular
 * expressions with the same meaning in RE2 and JavaScript. Years have four digits, as in RFC 3339: the ABNF allows others, but no target
 * can store them as a time. ISO 8601 durations with years, months or weeks stay text.
 */
export const TIME_PATTERN: Readonly<Record<TimeType, string>> = {
  dateTimeOffset: `${DATE}[Tt]${TIME}([Zz]|[+-]${HOUR_MINUTE})`,
  date: DATE,
  timeOfDay: TIME,
  duration: String.raw`[+-]?[Pp](\d+W|(\d+Y)?(\d+M)?(\d+D)?([Tt](\d+H(\d+M)?(${SECONDS})?|\d+M(${SECONDS})?|${SECONDS}))?)`,
};

export function isTimeType(type: ColumnType): type is TimeType {
  return type in TIME_PATTERN;
}

/** Whether `text` is a value of the type: valid format, existing date, year 1 to 9999 (UTC). */
export function isTime(type: TimeType, text: string): boolean {
  if (!new RegExp(`^(?:${TIME_PATTERN[type]})$`).test(text)) return false;
  if (type === 'timeOfDay') return true;
  if (type === 'duration') return /\d/.test(text);
  return isDay(text) && (type === 'date' || isInYears(text));
}

/** `Date` accepts the 31st of a shorter month as a day of the next month, so the date is compared after parsing. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCDate() === day;
}

function isInYears(text: string): boolean {
  const [, minutes = '', offset = ''] = /^(.{16}).*?([Zz]|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const instant = new Date(`${minutes.replace('t', 'T')}${offset.toUpperCase()}`);
  return instant.getUTCFullYear() > 0 && instant.getUTCFullYear() < 10_000;
}
