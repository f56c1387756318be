import type { PublishMode, RelationKeys, TaskDto } from '#lib/domain/task/task.ts';
import { BUILT_IN_TARGETS } from '#lib/store/run/targets.ts';
import type { Context } from '../context.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { createTask } from '../task/create-task.ts';

export const { landing: LANDING, lake: LAKE } = BUILT_IN_TARGETS;

/** Creates a task with `Reload and compare` for some datasets of a connection. */
export async function createTaskFor(
  ctx: Context,
  connectionId: string,
  name: string,
  options: {
    readonly schema?: string;
    readonly targetId?: string;
    readonly datasets?: readonly string[];
    readonly publish?: PublishMode;
    readonly relationKeys?: RelationKeys;
  } = {},
): Promise<TaskDto> {
  const wanted = options.datasets ?? ['users'];
  const datasets = await listDatasets({ ctx, input: { connectionId } });
  return createTask({
    ctx,
    input: {
      name,
      connectionId,
      datasetIds: datasets.filter((dataset) => wanted.includes(dataset.name)).map((dataset) => dataset.id),
      target: {
        method: 'reload-and-compare',
        targetId: options.targetId ?? LANDING.id,
        settings: {
          schema: options.schema ?? 'contoso',
          publish: options.publish ?? 'each',
          relationKeys: options.relationKeys ?? 'none',
        },
      },
    },
  });
}
