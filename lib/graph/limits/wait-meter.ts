import type { Clock } from '#lib/platform/clock.ts';
import type { WaitMeter } from './admission.ts';

/** Sums the time in which at least one request waited because Graph throttles. */
export function createWaitMeter(clock: Clock): WaitMeter & { take(): number } {
  let waiting = 0;
  let since = 0;
  let total = 0;
  const now = (): number => clock.now().getTime();
  const count = (): void => {
    if (waiting > 0) total += now() - since;
    since = now();
  };
  return {
    begin() {
      count();
      waiting++;
    },
    end() {
      count();
      waiting--;
    },
    /** Milliseconds since the last time that this was asked. */
    take() {
      count();
      const taken = total;
      total = 0;
      return taken;
    },
  };
}
