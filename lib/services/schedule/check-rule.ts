import type { ScheduleSettings } from '#lib/domain/schedule/schedule-rule.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { isTimeZone } from '#lib/schedule/instants.ts';
import { nextFirings } from '#lib/schedule/next-firings.ts';
import { RuleError } from '#lib/schedule/rule-error.ts';

/**
 * The next times of a rule; computing them also validates it.
 * @throws InvalidInputError `time-zone`, `schedule-rule`
 */
export function checkRule(
  { rule, timeZone }: Pick<ScheduleSettings, 'rule' | 'timeZone'>,
  { after, count }: { readonly after: Date; readonly count: number },
): readonly Date[] {
  if (!isTimeZone(timeZone)) {
    throw new InvalidInputError({
      code: 'time-zone',
      title: `The time zone ${timeZone} does not exist.`,
      remedy: 'Enter a name of the IANA time zone database, such as Europe/Berlin or UTC.',
      fixer: 'you',
      field: 'timeZone',
    });
  }
  try {
    const next = nextFirings({ rule, timeZone, after, count });
    if (rule.kind === 'event' || next.length > 0) return next;
    throw new RuleError('The rule has no time in the future.');
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const field = rule.kind === 'cron' ? 'rule.expression' : rule.kind === 'rrule' ? 'rule.text' : 'rule';
    const problem = { code: 'schedule-rule', title: error.message, remedy: 'Correct it.', fixer: 'you', field } as const;
    throw new InvalidInputError(problem, { cause: error });
  }
}
