import type { DatasetRunState } from '#lib/domain/run/run.ts';
import { inSpan } from '#lib/platform/tracing/span.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';

const NOT_WHOLE: ReadonlySet<DatasetRunState> = new Set(['failed', 'incomplete']);

/** Works on one dataset of a run in a span of its own, which has how it ended. */
export function inDatasetSpan(
  { id, name }: { readonly id: string; readonly name: string },
  work: () => Promise<DatasetReport>,
): Promise<DatasetReport> {
  const attributes = { 'entrada.dataset.name': name, 'entrada.dataset_run.id': id };
  return inSpan(`dataset ${name}`, { attributes }, async (span) => {
    const report = await work();
    const { state, counts, problem, incremental } = report;
    span.set({
      'entrada.dataset.state': state,
      'entrada.dataset.incremental': incremental,
      'entrada.rows_read': counts.rowsRead,
      'entrada.requests': counts.requests,
      'entrada.throttled_ms': Math.round(counts.throttledMs),
    });
    if (NOT_WHOLE.has(state)) span.fail(problem?.code ?? state);
    return report;
  });
}
