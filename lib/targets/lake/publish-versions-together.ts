import type { GroupedPublish, GroupResult, Published, PublishOptions, Sink } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';

/** What a dataset will show, complete in the store. */
export interface ReadyVersion {
  /** Makes it visible. */
  show(): Promise<Published>;
  /** Deletes what readers do not see. Never throws. */
  discard(): Promise<void>;
  /** Whether `show` reads from the stage. */
  readonly needsStage: boolean;
}

export interface LakeSink extends Sink {
  /** Leaves nothing behind when it throws. */
  prepare(rows: StagedRows, options: PublishOptions): Promise<ReadyVersion>;
}

type Prepared = readonly [GroupedPublish, { readonly published: Published } | ReadyVersion];

/**
 * Writes the versions of all datasets before any becomes visible; then `latest` of each is moved, one directly after the other, since a store
 * cannot write several files at once. When one cannot be moved, the others still are: they are complete.
 */
export async function publishVersionsTogether(datasets: readonly GroupedPublish[]): Promise<readonly GroupResult[]> {
  const signal = AbortSignal.any(datasets.map(({ options }) => options.signal));
  const prepared: Prepared[] = [];
  const discard = async (): Promise<void> => {
    for (const [, ready] of prepared) if ('discard' in ready) await ready.discard();
  };
  for (const dataset of datasets) {
    try {
      prepared.push([dataset, await prepareOne(dataset)]);
    } catch (error) {
      await discard();
      if (signal.aborted) throw error;
      return datasets.map((one) => (one === dataset ? { error } : 'not-published'));
    }
  }
  if (signal.aborted) {
    await discard();
    throw signal.reason;
  }
  const results: GroupResult[] = [];
  for (const [dataset, ready] of prepared) {
    results.push('published' in ready ? ready : await showOne(ready));
    dataset.rest();
  }
  return results;
}

async function prepareOne(dataset: GroupedPublish): Promise<Prepared[1]> {
  const { sink, options } = dataset;
  if (!isLake(sink)) throw new TypeError('a group has the sinks of one target');
  const published = await sink.findPublished(options.plan, options.runId, options.signal);
  if (published !== null) return { published };
  const ready = await sink.prepare(await dataset.open(), options);
  if (!ready.needsStage) dataset.rest();
  return ready;
}

async function showOne(ready: ReadyVersion): Promise<GroupResult> {
  try {
    return { published: await ready.show() };
  } catch (error) {
    await ready.discard();
    return { error };
  }
}

function isLake(sink: Sink): sink is LakeSink {
  return 'prepare' in sink;
}
