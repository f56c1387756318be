import { z } from 'zod';

const DAYS_MIN = 7;
const DAYS_MAX = 3650;

const Days = z
  .number('Enter a number of days.')
  .int('Enter whole days.')
  .min(DAYS_MIN, `At least ${DAYS_MIN} days.`)
  .max(DAYS_MAX, `At most ${DAYS_MAX} days.`)
  .nullable();

/** How long history is kept, days; null: for ever. */
export const Retention = z.object({
  /** Lines of the audit trail. */
  auditDays: Days,
  /** Runs that ended, with their datasets. The newest of each task, and what says what is in a target now, stay. */
  runDays: Days,
});
export type Retention = Readonly<z.infer<typeof Retention>>;
