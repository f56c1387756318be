import { Temporal } from 'temporal-polyfill';

/** Whether a name is in the IANA time zone database. False for offsets such as `+02:00`. */
export function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** The local time of an instant. */
export function localOf(at: Date, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime();
}

/**
 * The instants of a local time, milliseconds since the epoch. A local time that daylight saving skips gives the first instant after the gap. One
 * that occurs twice gives its first instant, or with `repeats` both.
 */
export function instantsOf(
  local: Temporal.PlainDateTime,
  { timeZone, repeats }: { readonly timeZone: string; readonly repeats: boolean },
): readonly number[] {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [earlier.epochMilliseconds];
  if (earlier.toPlainDateTime().equals(local)) {
    return repeats ? [earlier.epochMilliseconds, later.epochMilliseconds] : [earlier.epochMilliseconds];
  }
  // In a gap, `earlier` is before the gap, and the next change of the offset is the gap itself.
  return [(earlier.getTimeZoneTransition('next') ?? later).epochMilliseconds];
}
