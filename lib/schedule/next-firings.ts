import type { ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';
import { instantsOf, localOf } from './instants.ts';
import { localTimesOf } from './local-times.ts';

export interface FiringsWanted {
  readonly rule: ScheduleRule;
  readonly timeZone: string;
  /** Exclusive lower bound. */
  readonly after: Date;
  readonly count: number;
}

/** Larger than any change of an offset, hours. */
const CHANGE_HOURS = 3;

/**
 * The next instants at which a rule fires, ascending, without repetition; fewer than `count` where the rule ends, none for a rule that follows
 * another
 * task. For the start and end of daylight saving time see docs/decisions/018-schedules.md.
 * @throws RuleError
 */
export function nextFirings({ rule, timeZone, after, count }: FiringsWanted): readonly Date[] {
  if (rule.kind === 'event') return [];
  const times = localTimesOf(rule, timeZone);
  const found = new Set<number>();
  // An earlier local time may be a later instant where an hour occurs twice.
  for (const local of times.from(localOf(after, timeZone).subtract({ hours: CHANGE_HOURS }))) {
    const moments = instantsOf(local, { timeZone, repeats: times.repeats });
    const [first = 0] = moments;
    // Every further local time gives this instant or a later one.
    if ([...found].filter((moment) => moment < first).length >= count) break;
    for (const moment of moments) if (moment > after.getTime()) found.add(moment);
  }
  return [...found]
    .sort((a, b) => a - b)
    .slice(0, count)
    .map((moment) => new Date(moment));
}
