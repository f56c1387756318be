import type { WaitReporter } from './admission.ts';

/** A reason is reported once it has held for this long, milliseconds. */
const SETTLE_MS = 1000;
/** An attempt that is made sooner is over before its time has been read, milliseconds. */
const NAMED_FROM_MS = 5000;

/**
 * Reports why at least one request waits, and null when none does any more. Of several reasons the latest is reported. A change is reported
 * `settleMs` after it happened, if it still holds, so that short waits don't flicker on a page.
 */
export function createWaitReporter(onChange: (reason: string | null) => void, settleMs = SETTLE_MS): WaitReporter {
  const waits = new Map<symbol, string>();
  let reported: string | null = null;
  let isScheduled = false;
  const report = (): void => {
    isScheduled = false;
    const reason = [...waits.values()].at(-1) ?? null;
    if (reason === reported) return;
    reported = reason;
    onChange(reason);
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(report, settleMs).unref();
  };
  return {
    begin(reason, until) {
      const wait = Symbol(reason);
      waits.set(wait, until === undefined || until.getTime() - Date.now() < NAMED_FROM_MS ? reason : withTime(reason, until));
      schedule();
      return () => {
        waits.delete(wait);
        schedule();
      };
    },
  };
}

/** In UTC: who reads it may sit anywhere. */
function withTime(reason: string, until: Date): string {
  return `${reason.replace(/\.?$/, '.')} The next attempt is at ${until.toISOString().slice(11, 19)} UTC.`;
}
