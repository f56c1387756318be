/** A planned time in the schedule's time zone, with the offset, since some local times occur twice. */
export function PlannedTime({ at, timeZone }: { readonly at: string; readonly timeZone: string }) {
  return <time dateTime={at}>{formatPlanned(at, timeZone)}</time>;
}

/** `Mon, 2 Mar 2026, 06:30 GMT+1` */
export function formatPlanned(at: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const),
    ...({ hourCycle: 'h23', timeZone, timeZoneName: 'shortOffset' } as const),
  });
  return format.format(new Date(at));
}
