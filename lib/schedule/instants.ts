import { Temporal } from 'temporal-polyfill';

/** Whether a name is one of the IANA time zone database. Offsets such as `+02:00` are none. */
export function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** The local time of a moment. */
export function localOf(at: Date, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime();
}

/**
 * The moments of a local time, in milliseconds since the epoch. One that daylight saving leaves out is the first moment after the gap. One
 * that comes twice is its first moment, or with `repeats` both.
 */
export function momentsOf(
  local: Temporal.PlainDateTime,
  { timeZone, repeats }: { readonly timeZone: string; readonly repeats: boolean },
): readonly number[] {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [earlier.epochMilliseconds];
  if (earlier.toPlainDateTime().equals(local)) {
    return repeats ? [earlier.epochMilliseconds, later.epochMilliseconds] : [earlier.epochMilliseconds];
  }
  // In a gap "earlier" lies before it, and the next change of the offset is the gap itself.
  return [(earlier.getTimeZoneTransition('next') ?? later).epochMilliseconds];
}
