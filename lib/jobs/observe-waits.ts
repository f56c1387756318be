import type { Wait } from '#lib/domain/run/wait.ts';
import type { RunnerResolver } from '#lib/gateway/hub/resolve.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { RunObserver } from '#lib/platform/metrics/metrics.ts';

/** The same runners, with a report of each wait of a dataset when it ends. */
export function observeWaits(
  resolve: RunnerResolver,
  deps: { readonly observer: RunObserver; readonly clock: Clock },
): RunnerResolver {
  return (...at) => {
    const runner = resolve(...at);
    return {
      ...runner,
      async *run(assignment, signal, group) {
        let current: Pick<Wait, 'kind'> | null = null;
        let sinceMs = 0;
        const change = (next: Pick<Wait, 'kind'> | null): void => {
          const nowMs = deps.clock.now().getTime();
          if (current !== null) deps.observer.waited(current.kind, Math.max(0, nowMs - sinceMs) / 1000);
          current = next;
          sinceMs = nowMs;
        };
        try {
          for await (const event of runner.run(assignment, signal, group)) {
            if (event.kind === 'waiting') change(event.wait);
            yield event;
          }
        } finally {
          change(null);
        }
      },
    };
  };
}
