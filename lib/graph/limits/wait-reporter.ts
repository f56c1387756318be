import type { Wait } from '#lib/domain/run/wait.ts';
import type { WaitReason, WaitReporter } from './admission.ts';

/** A reason is reported once it has held for this long, milliseconds. */
const SETTLE_MS = 1000;
/** An end that differs less from the one reported before is not reported again, milliseconds. */
const UNTIL_STEP_MS = 5000;

interface OpenWait extends WaitReason {
  readonly until: Date | null;
}

/**
 * Reports why at least one request waits, and null when none does any more. Of several reasons the latest is reported. A change is reported
 * `settleMs` after it happened, if it still holds, so that short waits don't flicker on a page.
 */
export function createWaitReporter(onChange: (wait: Wait | null) => void, settleMs = SETTLE_MS): WaitReporter {
  const waits = new Map<symbol, OpenWait>();
  let reported: Wait | null = null;
  let since: Date | null = null;
  let isScheduled = false;
  const report = (): void => {
    isScheduled = false;
    const latest = [...waits.values()].at(-1);
    if (latest === undefined) since = null;
    const wait = latest === undefined || since === null ? null : toWait(latest, since);
    if (isReported(wait, reported)) return;
    reported = wait;
    onChange(wait);
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(report, settleMs).unref();
  };
  return {
    begin(reason, until) {
      const key = Symbol(reason.kind);
      since ??= new Date();
      waits.set(key, { ...reason, until: until ?? null });
      schedule();
      return () => {
        waits.delete(key);
        schedule();
      };
    },
  };
}

function toWait({ kind, text, until }: OpenWait, since: Date): Wait {
  return { kind, text, since: since.toISOString(), until: until?.toISOString() ?? null };
}

function isReported(wait: Wait | null, reported: Wait | null): boolean {
  if (wait === null || reported === null) return wait === reported;
  return wait.kind === reported.kind && wait.text === reported.text && isNear(wait.until, reported.until);
}

function isNear(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : Math.abs(Date.parse(a) - Date.parse(b)) < UNTIL_STEP_MS;
}
