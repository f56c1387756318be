import type { Wait } from '#lib/domain/run/wait.ts';
import type { DatasetAssignment } from '#lib/executor/dataset-assignment.ts';
import { EventBuffer } from '#lib/executor/event-buffer.ts';
import type { RunnerResolver } from '#lib/gateway/hub/resolve.ts';
import type { DatasetReport, Reporter } from '#lib/reload/engine/ports.ts';
import type { PublishGroup } from '#lib/reload/engine/publish-group.ts';

/** Handles an assignment in place of the engine. */
export type Reload = (
  request: DatasetAssignment & {
    readonly reporter: Reporter;
    readonly onWait: (wait: Wait | null) => void;
    readonly signal: AbortSignal;
    readonly group: PublishGroup | null;
  },
) => Promise<DatasetReport>;

/** Runners whose engine is `reload`. */
export function runnerOf(reload: Reload, onRelease: () => void = () => undefined): RunnerResolver {
  return () => ({
    async *run(assignment, signal, group) {
      const events = new EventBuffer();
      const reporter: Reporter = { progress: (state, counts) => events.add({ kind: 'progress', state, counts }) };
      const onWait = (wait: Wait | null) => events.add({ kind: 'waiting', wait });
      const running = reload({ ...assignment, reporter, onWait, signal, group }).finally(() => events.end());
      running.catch(() => undefined);
      yield* events;
      yield { kind: 'ended', report: await running };
    },
    release: async () => onRelease(),
  });
}
