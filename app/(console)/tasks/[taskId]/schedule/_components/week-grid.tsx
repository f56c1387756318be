import { WEEKDAY_LABEL, WEEKDAYS } from '#lib/domain/schedule/schedule-rule.ts';
import { type ScheduleValues, toggleHour, toggleHourOnAll } from './schedule-values.ts';

interface WeekGridProps {
  readonly hours: ScheduleValues['hours'];
  readonly onChange: (hours: ScheduleValues['hours']) => void;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const CELL =
  'block h-7 w-full min-w-6 rounded-sm border text-[10px] tabular-nums outline-none focus-visible:ring-2 focus-visible:ring-ring aria-pressed:border-primary aria-pressed:bg-primary aria-pressed:text-primary-foreground';

/** The hours of a week, one row per day: every cell is a switch, and a column head switches all days. */
export function WeekGrid({ hours, onChange }: WeekGridProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-medium">Hours of the week</legend>
      <div className="overflow-x-auto rounded-md border bg-card p-2">
        <table className="w-full border-separate border-spacing-0.5">
          <thead>
            <tr>
              <th>
                <span className="sr-only">Day</span>
              </th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col" className="font-normal">
                  <button
                    type="button"
                    onClick={() => onChange(toggleHourOnAll(hours, hour))}
                    className="w-full rounded-sm text-[10px] tabular-nums text-muted-foreground outline-none hover:text-foreground focus-visible:ring-2 focus-visible:ring-ring"
                  >
                    {hour}
                    <span className="sr-only"> o’clock on every day</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {WEEKDAYS.map((weekday) => (
              <tr key={weekday}>
                <th scope="row" className="pr-2 text-left text-xs font-normal">
                  {WEEKDAY_LABEL[weekday].slice(0, 3)}
                </th>
                {HOURS.map((hour) => (
                  <td key={hour}>
                    <button
                      type="button"
                      aria-pressed={hours[weekday].includes(hour)}
                      aria-label={`${WEEKDAY_LABEL[weekday]}, ${hour} o’clock`}
                      onClick={() => onChange(toggleHour(hours, weekday, hour))}
                      className={CELL}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </fieldset>
  );
}
